using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Jose;
using Xunit;

namespace EventMesh.Tests.Unit.Jose;

/// <summary>What has been tried against readers of JWTs, each by its name and with the refusal it meets. The set holds <c>ec</c> and <c>rsa</c>.</summary>
public sealed class KnownAttackTests
{
    private const string Ec = """{"alg":"ES256","kid":"ec"}""";
    private static readonly Forge Forge = new();
    private static readonly Forge Attacker = new();
    private static readonly JwkSet Keys = Forge.Set(Forge.EcKey(""","kid":"ec","use":"sig" """), Forge.RsaKey(""","kid":"rsa","use":"sig" """));

    // Its signature has 64 bytes, 86 letters: four bits of the last are left over.
    private static readonly string Good = Forge.Es256(Ec);

    private static readonly Dictionary<string, (Func<string> Token, TokenRefusal Refusal)> Attacks = new()
    {
        ["alg none"] = (() => Forge.With("""{"alg":"none","kid":"ec"}""", null, _ => []), TokenRefusal.AlgorithmRefused),
        ["alg None"] = (() => Forge.With("""{"alg":"None"}""", null, _ => []), TokenRefusal.AlgorithmRefused),
        ["alg nOnE with a signature"] = (() => Forge.Es256("""{"alg":"nOnE","kid":"ec"}"""), TokenRefusal.AlgorithmRefused),
        ["alg empty"] = (() => Forge.Es256("""{"alg":"","kid":"ec"}"""), TokenRefusal.AlgorithmRefused),
        ["alg in lower case"] = (() => Forge.Es256("""{"alg":"es256","kid":"ec"}"""), TokenRefusal.AlgorithmRefused),
        ["alg missing"] = (() => Forge.Es256("""{"kid":"ec"}"""), TokenRefusal.HeaderMalformed),
        ["alg a list"] = (() => Forge.Es256("""{"alg":["ES256"],"kid":"ec"}"""), TokenRefusal.HeaderMalformed),
        ["alg all of them"] = (() => Forge.Es256("""{"alg":"All","kid":"ec"}"""), TokenRefusal.AlgorithmRefused),
        ["HS256 with the RSA key as secret, PEM"] = (() => Forge.Hs256("""{"alg":"HS256","kid":"rsa"}""", Encoding.ASCII.GetBytes(Forge.Rsa.ExportSubjectPublicKeyInfoPem())), TokenRefusal.AlgorithmRefused),
        ["HS256 with the RSA key as secret, DER"] = (() => Forge.Hs256("""{"alg":"HS256","kid":"rsa"}""", Forge.Rsa.ExportSubjectPublicKeyInfo()), TokenRefusal.AlgorithmRefused),
        ["HS256 with the EC key as secret"] = (() => Forge.Hs256("""{"alg":"HS256","kid":"ec"}""", Forge.Ec.ExportParameters(false).Q.X!), TokenRefusal.AlgorithmRefused),
        ["HS256 with an empty secret"] = (() => Forge.Hs256("""{"alg":"HS256","kid":"../../../dev/null"}""", []), TokenRefusal.AlgorithmRefused),
        ["kid a path"] = (() => Forge.Es256("""{"alg":"ES256","kid":"../../../../dev/null"}"""), TokenRefusal.KeyUnknown),
        ["kid SQL"] = (() => Forge.Es256("""{"alg":"ES256","kid":"x' UNION SELECT 'ec';--"}"""), TokenRefusal.KeyUnknown),
        ["kid a command"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec;curl attacker.example"}"""), TokenRefusal.KeyUnknown),
        ["kid null"] = (() => Forge.Es256("""{"alg":"ES256","kid":null}"""), TokenRefusal.HeaderMalformed),
        ["kid empty"] = (() => Forge.Es256("""{"alg":"ES256","kid":""}"""), TokenRefusal.KeyUnknown),
        ["kid with a NUL behind it"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec\u0000"}"""), TokenRefusal.KeyUnknown),
        ["kid very long"] = (() => Forge.Es256($$"""{"alg":"ES256","kid":"{{new string('k', 5000)}}"}"""), TokenRefusal.KeyUnknown),
        ["kid of a key of another kind"] = (() => Forge.Es256("""{"alg":"ES256","kid":"rsa"}"""), TokenRefusal.KeyUnfit),
        ["embedded jwk"] = (() => Attacker.Es256($$"""{"alg":"ES256","kid":"ec","jwk":{{Attacker.EcKey()}}}"""), TokenRefusal.SignatureWrong),
        ["embedded jwk under a kid of its own"] = (() => Attacker.Es256($$"""{"alg":"ES256","kid":"mine","jwk":{{Attacker.EcKey(""","kid":"mine" """)}}}"""), TokenRefusal.KeyUnknown),
        ["jku"] = (() => Attacker.Es256("""{"alg":"ES256","kid":"ec","jku":"https://attacker.example/jwks"}"""), TokenRefusal.SignatureWrong),
        ["x5u"] = (() => Attacker.Es256("""{"alg":"ES256","kid":"ec","x5u":"https://attacker.example/cert"}"""), TokenRefusal.SignatureWrong),
        ["x5c"] = (() => Attacker.Rs256($$"""{"alg":"RS256","kid":"rsa","x5c":["{{Convert.ToBase64String(Attacker.Rsa.ExportSubjectPublicKeyInfo())}}"]}"""), TokenRefusal.SignatureWrong),
        ["signed by nobody we know"] = (() => Attacker.Es256(Ec), TokenRefusal.SignatureWrong),
        ["psychic signature"] = (() => Forge.With(Ec, null, _ => new byte[64]), TokenRefusal.SignatureWrong),
        ["psychic signature, r = s = n"] = (() => Forge.With(Ec, null, _ => [.. Order, .. Order]), TokenRefusal.SignatureWrong),
        ["r and s one byte short"] = (() => Forge.With(Ec, null, data => Signed(data)[..63]), TokenRefusal.SignatureWrong),
        ["r and s one byte long"] = (() => Forge.With(Ec, null, data => [.. Signed(data), 0]), TokenRefusal.SignatureWrong),
        ["r and s of another curve's length"] = (() => Forge.With(Ec, null, data => [.. new byte[16], .. Signed(data).AsSpan(0, 32), .. new byte[16], .. Signed(data).AsSpan(32)]), TokenRefusal.SignatureWrong),
        ["DER signature"] = (() => Forge.Es256(Ec, format: DSASignatureFormat.Rfc3279DerSequence), TokenRefusal.SignatureWrong),
        ["no signature"] = (() => Forge.With(Ec, null, _ => []), TokenRefusal.SignatureWrong),
        ["RSA signature one byte short"] = (() => Forge.With("""{"alg":"RS256","kid":"rsa"}""", null, data => Forge.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)[..255]), TokenRefusal.SignatureWrong),
        ["RS256 signature called PS256"] = (() => Forge.Rs256("""{"alg":"PS256","kid":"rsa"}"""), TokenRefusal.SignatureWrong),
        ["RS256 signature called RS512"] = (() => Forge.Rs256("""{"alg":"RS512","kid":"rsa"}"""), TokenRefusal.SignatureWrong),
        ["truncated by a letter"] = (() => Good[..^1], TokenRefusal.NotBase64Url),
        ["truncated to two parts"] = (() => Good[..Good.LastIndexOf('.')], TokenRefusal.NotCompact),
        ["padding"] = (() => Good + "=", TokenRefusal.NotBase64Url),
        ["padding of the header"] = (() => Good.Replace(".", "==.", StringComparison.Ordinal), TokenRefusal.NotBase64Url),
        ["white space before"] = (() => " " + Good, TokenRefusal.NotBase64Url),
        ["white space inside"] = (() => Good.Insert(5, "\n"), TokenRefusal.NotBase64Url),
        ["the other base64 alphabet"] = (() => Good[..^2] + "+/", TokenRefusal.NotBase64Url),
        ["left-over bits"] = (() => Good[..^1] + (Good[^1] == 'A' ? 'B' : (char)(Good[^1] + 1)), TokenRefusal.NotBase64Url),
        ["nested JWT"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec","cty":"JWT"}""", Good), TokenRefusal.Nested),
        ["nested JWT that does not say so"] = (() => Forge.Es256(Ec, Good), TokenRefusal.NotJson),
        ["JWE"] = (() => Rfc.Encrypted, TokenRefusal.NotCompact),
        ["JSON serialization"] = (() => Good.Split('.') is var p ? $$"""{"payload":"{{p[1]}}","signatures":[{"protected":"{{p[0]}}","signature":"{{p[2]}}"}]}""" : "", TokenRefusal.NotCompact),
        ["JSON serialization with compact form inside"] = (() => "{\"" + Good + "\":1}", TokenRefusal.NotBase64Url),
        ["member twice in the header"] = (() => Forge.Es256("""{"alg":"none","alg":"ES256","kid":"ec"}"""), TokenRefusal.Ambiguous),
        ["member twice in the header, one of them escaped"] = (() => Forge.Es256("""{"alg":"ES256","\u0061lg":"ES256","kid":"ec"}"""), TokenRefusal.Ambiguous),
        ["member twice in the claims"] = (() => Forge.Es256(Ec, Forge.Claims()[..^1] + ",\"sub\":\"other\"}"), TokenRefusal.Ambiguous),
        ["header with something behind it"] = (() => Forge.Es256(Ec + "{}"), TokenRefusal.NotJson),
        ["header with a comment"] = (() => Forge.Es256("""{"alg":"ES256"/**/,"kid":"ec"}"""), TokenRefusal.NotJson),
        ["header not UTF-8"] = (() => Forge.Encode([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) + Good[Good.IndexOf('.')..], TokenRefusal.NotJson),
        ["crit"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec","crit":["exp"],"exp":1}"""), TokenRefusal.CriticalHeader),
        ["crit empty"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec","crit":[]}"""), TokenRefusal.CriticalHeader),
        ["b64 false"] = (() => Forge.Es256("""{"alg":"ES256","kid":"ec","b64":false}"""), TokenRefusal.CriticalHeader),
        ["too long by one"] = (() => Long(Jws.CharsMax + 1), TokenRefusal.TooLong),
        ["expired"] = (() => At("exp", -31), TokenRefusal.Expired),
        ["expired at this very second"] = (() => At("exp", -30), TokenRefusal.Expired),
        ["not yet valid"] = (() => At("nbf", 31), TokenRefusal.NotYetValid),
        ["issued in the future"] = (() => At("iat", 31), TokenRefusal.IssuedInFuture),
        ["exp missing"] = (() => Forge.Es256(Ec, Forge.Claims("exp")), TokenRefusal.ExpiryMissing),
        ["exp as a string"] = (() => Forge.Es256(Ec, Forge.Claims("exp", "\"9999999999\"")), TokenRefusal.ClaimMalformed),
        ["exp null"] = (() => Forge.Es256(Ec, Forge.Claims("exp", "null")), TokenRefusal.ClaimMalformed),
        ["exp beyond all time"] = (() => Forge.Es256(Ec, Forge.Claims("exp", "1e308")), TokenRefusal.ClaimMalformed),
        ["exp beyond all numbers"] = (() => Forge.Es256(Ec, Forge.Claims("exp", "1e999")), TokenRefusal.ClaimMalformed),
        ["nbf as a string"] = (() => Forge.Es256(Ec, Forge.Claims("nbf", "\"0\"")), TokenRefusal.ClaimMalformed),
        ["aud missing"] = (() => Forge.Es256(Ec, Forge.Claims("aud")), TokenRefusal.AudienceMissing),
        ["aud another's"] = (() => Forge.Es256(Ec, Forge.Claims("aud", "\"other\"")), TokenRefusal.AudienceWrong),
        ["aud longer"] = (() => Forge.Es256(Ec, Forge.Claims("aud", "\"eventmesh.attacker.example\"")), TokenRefusal.AudienceWrong),
        ["aud an empty list"] = (() => Forge.Es256(Ec, Forge.Claims("aud", "[]")), TokenRefusal.AudienceWrong),
        ["aud a list with a number"] = (() => Forge.Es256(Ec, Forge.Claims("aud", "[\"eventmesh\",1]")), TokenRefusal.ClaimMalformed),
        ["aud an object"] = (() => Forge.Es256(Ec, Forge.Claims("aud", "{\"eventmesh\":true}")), TokenRefusal.ClaimMalformed),
        ["issuer swapped"] = (() => Forge.Es256(Ec, Forge.Claims("iss", "\"https://other.example\"")), TokenRefusal.IssuerWrong),
        ["issuer with a slash more"] = (() => Forge.Es256(Ec, Forge.Claims("iss", $"\"{Forge.Issuer}/\"")), TokenRefusal.IssuerWrong),
        ["issuer in capitals"] = (() => Forge.Es256(Ec, Forge.Claims("iss", $"\"{Forge.Issuer.ToUpperInvariant()}\"")), TokenRefusal.IssuerWrong),
        ["issuer missing"] = (() => Forge.Es256(Ec, Forge.Claims("iss")), TokenRefusal.IssuerWrong),
        ["issuer a list"] = (() => Forge.Es256(Ec, Forge.Claims("iss", $"[\"{Forge.Issuer}\"]")), TokenRefusal.ClaimMalformed),
        ["claims a list"] = (() => Forge.Es256(Ec, "[]"), TokenRefusal.NotJson),
        ["claims empty"] = (() => Forge.Es256(Ec, ""), TokenRefusal.NotJson),
    };

    public static TheoryData<string> Names => [.. Attacks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_refused(string attack) => Assert.Equal(Attacks[attack].Refusal, Forge.Judge(Attacks[attack].Token(), Keys));

    [Fact]
    public void An_honest_token_is_accepted_up_to_each_limit()
    {
        Assert.Null(Forge.Judge(Good, Keys));
        Assert.Null(Forge.Judge(Forge.Rs256("""{"alg":"RS256","kid":"rsa","typ":"JWT"}"""), Keys));
        Assert.Null(Forge.Judge(At("exp", -29), Keys));
        Assert.Null(Forge.Judge(At("nbf", 30), Keys));
        Assert.Null(Forge.Judge(At("iat", 30), Keys));
        Assert.Null(Forge.Judge(Forge.Es256(Ec, Forge.Claims("exp", $"{Forge.Now.ToUnixTimeSeconds() + 1}.5")), Keys));
        Assert.Null(Forge.Judge(Forge.Es256(Ec, Forge.Claims("aud", "[\"other\",\"eventmesh\"]")), Keys));
        Assert.Null(Forge.Judge(Forge.Es256(Ec, Forge.Claims("nbf")), Keys));
        Assert.NotEqual(TokenRefusal.TooLong, Forge.Judge(Long(Jws.CharsMax), Keys));
    }

    [Fact]
    public void An_algorithm_that_is_not_on_the_list_is_refused_although_the_key_has_it() =>
        Assert.Equal(TokenRefusal.AlgorithmRefused, Forge.Judge(Good, Keys, JwsAlgorithm.RS256 | JwsAlgorithm.ES384));

    [Fact]
    public void A_key_that_is_for_something_else_or_there_twice_checks_nothing()
    {
        var twice = Forge.Set(Forge.EcKey(""","kid":"ec" """), Attacker.EcKey(""","kid":"ec" """));
        Assert.Equal(TokenRefusal.KeyAmbiguous, Forge.Judge(Good, twice));
        Assert.Equal(TokenRefusal.KeyUnfit, Forge.Judge(Good, Forge.Set(Forge.EcKey(""","kid":"ec","use":"enc" """))));
        Assert.Equal(TokenRefusal.KeyUnfit, Forge.Judge(Good, Forge.Set(Forge.EcKey(""","kid":"ec","key_ops":["sign"] """))));
        Assert.Equal(TokenRefusal.KeyUnknown, Forge.Judge(Good, Forge.Set(Forge.EcKey())));
        // The kid of two kinds of key is no question: the algorithm says which.
        Assert.Null(Forge.Judge(Good, Forge.Set(Forge.EcKey(""","kid":"ec" """), Forge.RsaKey(""","kid":"ec" """))));
    }

    [Fact]
    public void A_token_that_names_no_key_is_checked_only_where_there_is_no_choice()
    {
        var token = Forge.Es256("""{"alg":"ES256"}""");
        Assert.Null(Forge.Judge(token, Keys));
        Assert.Equal(TokenRefusal.KeyAmbiguous, Forge.Judge(token, Forge.Set(Forge.EcKey(""","kid":"1" """), Attacker.EcKey(""","kid":"2" """))));
        Assert.Equal(TokenRefusal.KeyUnfit, Forge.Judge(token, Forge.Set(Forge.RsaKey())));
        Assert.Equal(TokenRefusal.KeyUnknown, Forge.Judge(token, new JwkSet()));
    }

    [Fact]
    public void What_a_token_says_of_itself_holds_nothing_of_it()
    {
        Assert.True(Jws.TryRead(Good, out var read, out _));
        Assert.Equal("token by ES256", read.ToString());
    }

    private static byte[] Order => Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    private static byte[] Signed(byte[] data) => Forge.Ec.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static string At(string claim, int seconds) => Forge.Es256(Ec, Forge.Claims(claim, $"{Forge.Now.ToUnixTimeSeconds() + seconds}"));

    private static string Long(int chars) => Good + new string('A', chars - Good.Length);
}
