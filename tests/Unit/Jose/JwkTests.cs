using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Jose;
using Xunit;

namespace EventMesh.Tests.Unit.Jose;

public sealed class JwkTests
{
    private static readonly Forge Forge = new();

    [Fact]
    public void Every_curve_s_own_keys_are_on_it_and_sign()
    {
        foreach (var (curve, algorithm, hash) in new[]
        {
            (ECCurve.NamedCurves.nistP256, "ES256", HashAlgorithmName.SHA256),
            (ECCurve.NamedCurves.nistP384, "ES384", HashAlgorithmName.SHA384),
            (ECCurve.NamedCurves.nistP521, "ES512", HashAlgorithmName.SHA512),
        })
        {
            using var key = ECDsa.Create(curve);
            var token = Forge.With($$"""{"alg":"{{algorithm}}"}""", null, data => key.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            Assert.Null(Forge.Judge(token, Forge.Set(Forge.EcKey("", key))));
            Assert.Equal(TokenRefusal.KeyUnfit, Forge.Judge(Forge.Es256("""{"alg":"ES256"}"""), Forge.Set(Forge.EcKey(",\"use\":\"enc\"", key))));
        }
    }

    [Fact]
    public void Each_kind_of_RSA_signature_verifies_and_none_passes_for_another()
    {
        (string Name, HashAlgorithmName Hash, RSASignaturePadding Padding)[] kinds =
        [
            ("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), ("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1), ("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            ("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss), ("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss), ("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        ];
        var keys = Forge.Set(Forge.RsaKey());
        foreach (var made in kinds)
            foreach (var called in kinds)
            {
                var token = Forge.With($$"""{"alg":"{{called.Name}}"}""", null, data => Forge.Rsa.SignData(data, made.Hash, made.Padding));
                Assert.Equal(made == called ? null : TokenRefusal.SignatureWrong, Forge.Judge(token, keys));
            }
    }

    [Theory]
    [InlineData("""{}""", JwkRefusal.Malformed)]
    [InlineData("""[]""", JwkRefusal.NotAnObject)]
    [InlineData("""{"kty":1}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"ec"}""", JwkRefusal.KindUnknown)]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}""", JwkRefusal.CurveUnknown)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}""", JwkRefusal.CurveUnknown)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", JwkRefusal.PointNotOnCurve)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"}""", JwkRefusal.PointNotOnCurve)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AH_NzidwdsRdQYPL7m_bS3tYBzM1e-nvE7rPbjx70VRF","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"EC","crv":"P-256","alg":"ES384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""", JwkRefusal.AlgorithmUnfit)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","kid":7,"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","key_ops":"verify","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","key_ops":["verify","verify"],"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", JwkRefusal.Malformed)]
    public void A_key_is_refused_by_name(string json, JwkRefusal refusal) => Assert.Equal(refusal, Rfc.Refusal(json));

    [Fact]
    public void An_RSA_key_has_2048_to_8192_bits_and_an_odd_exponent_from_3()
    {
        static string Key(int bits, string exponent) => $$"""{"kty":"RSA","n":"{{Number(bits)}}","e":"{{exponent}}"}""";
        Assert.Equal(JwkRefusal.ModulusTooShort, Rfc.Refusal(Key(1024, "AQAB")));
        Assert.Equal(JwkRefusal.ModulusTooShort, Rfc.Refusal(Key(2047, "AQAB")));
        Assert.Equal("RSA", Rfc.Key(Key(2048, "AQAB")).Kind);
        Assert.Equal("RSA", Rfc.Key(Key(8192, "AQAB")).Kind);
        Assert.Equal(JwkRefusal.ModulusTooLong, Rfc.Refusal(Key(8193, "AQAB")));
        Assert.Equal("RSA", Rfc.Key(Key(2048, "Aw")).Kind);
        Assert.Equal(JwkRefusal.ExponentRefused, Rfc.Refusal(Key(2048, "AQ")));
        Assert.Equal(JwkRefusal.ExponentRefused, Rfc.Refusal(Key(2048, "Ag")));
        Assert.Equal(JwkRefusal.ExponentRefused, Rfc.Refusal(Key(2048, "AQAAAAE")));
        Assert.Equal(JwkRefusal.Malformed, Rfc.Refusal(Key(2048, "AAEAAQ")));
    }

    [Fact]
    public void A_set_is_bounded_and_passes_over_what_it_does_not_know()
    {
        var many = string.Join(',', Enumerable.Repeat(Rfc.Ed25519Key, JwkSet.KeysMax));
        Assert.Equal(JwkSet.KeysMax, Forge.Set(many).Keys.Count);
        Assert.False(JwkSet.TryRead(Encoding.UTF8.GetBytes($$"""{"keys":[{{many}},{{Rfc.Ed25519Key}}]}"""), out _));
        var padded = """{"keys":[]}""".PadRight(JwkSet.BytesMax);
        Assert.True(JwkSet.TryRead(Encoding.UTF8.GetBytes(padded), out _));
        Assert.False(JwkSet.TryRead(Encoding.UTF8.GetBytes(padded + " "), out _));
        Assert.False(JwkSet.TryRead("""{"keys":[],"keys":[]}"""u8.ToArray(), out _));
        Assert.False(JwkSet.TryRead("""{"keys":{}}"""u8.ToArray(), out _));
        var mixed = Forge.Set(Rfc.Symmetric, "7", Rfc.Ed25519Key);
        Assert.Single(mixed.Keys);
        Assert.Equal([JwkRefusal.KindUnknown, JwkRefusal.NotAnObject], mixed.PassedOver);
    }

    [Fact]
    public void A_private_key_s_private_members_are_nowhere_in_what_is_kept()
    {
        var key = Rfc.Key(Rfc.A3Key.Replace("\"kty\"", "\"kid\":\"mine\",\"kty\"", StringComparison.Ordinal));
        Assert.Equal("EC key mine", key.ToString());
        Assert.DoesNotContain("jpsQnnGQ", Written(key), StringComparison.Ordinal);
        Assert.Equal(key.Thumbprint(), Rfc.Key(Written(key)).Thumbprint());
    }

    [Fact]
    public void A_token_that_we_sign_verifies_with_the_published_key_and_survives_an_export()
    {
        using var key = Es256Key.Create();
        var token = Jws.Sign(key, Encoding.UTF8.GetBytes(Forge.Claims()), "at+jwt");
        var published = Forge.Set(Written(key.Public));
        Assert.Null(Forge.Judge(token, published));
        Assert.True(Jws.TryRead(token, out var read, out _));
        Assert.Equal(new JwsHeader(JwsAlgorithm.ES256, key.Public.Thumbprint(), "at+jwt"), read.Header);
        using var again = Es256Key.Import(key.Export());
        Assert.Equal(key.Kid, again.Kid);
        Assert.Null(Forge.Judge(Jws.Sign(again, Encoding.UTF8.GetBytes(Forge.Claims()), "JWT"), published));
        Assert.Equal($"ES256 key {key.Kid}", key.ToString());
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<CryptographicException>(() => Es256Key.Import(other.ExportPkcs8PrivateKey()));
    }

    private static string Written(Jwk key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) key.WriteTo(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // An odd number of so many bits; whether it has two prime factors is not looked at.
    private static string Number(int bits)
    {
        var bytes = new byte[(bits + 7) / 8];
        bytes[0] = (byte)(1 << ((bits - 1) % 8));
        bytes[^1] = 1;
        bytes[^2] = 5;
        return Forge.Encode(bytes);
    }
}
