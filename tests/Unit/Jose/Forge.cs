using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Jose;

namespace EventMesh.Tests.Unit.Jose;

/// <summary>Makes tokens as no honest party would, without using what is tested to sign them.</summary>
internal sealed class Forge
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    public const string Issuer = "https://issuer.example";
    public const string Audience = "eventmesh";

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public RSA Rsa { get; } = RSA.Create(2048);

    public string EcKey(string extra = "", ECDsa? key = null)
    {
        var q = (key ?? Ec).ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"{{Curve(q.X!.Length)}}","x":"{{Encode(q.X)}}","y":"{{Encode(q.Y!)}}"{{extra}}}""";
    }

    public string RsaKey(string extra = "", RSA? key = null)
    {
        var parameters = (key ?? Rsa).ExportParameters(false);
        return $$"""{"kty":"RSA","n":"{{Encode(parameters.Modulus!)}}","e":"{{Encode(parameters.Exponent!)}}"{{extra}}}""";
    }

    public static string Claims(string? replace = null, string? by = null)
    {
        var claims = $$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"me","exp":{{Now.ToUnixTimeSeconds() + 300}},"nbf":{{Now.ToUnixTimeSeconds()}},"iat":{{Now.ToUnixTimeSeconds()}}}""";
        if (replace is null) return claims;
        using var document = JsonDocument.Parse(claims);
        return "{" + string.Join(',', document.RootElement.EnumerateObject().Select(one => one.Name == replace ? by is null ? null : $"\"{one.Name}\":{by}" : one.ToString()).Where(one => one is not null)) + "}";
    }

    public string Es256(string header, string? claims = null, ECDsa? key = null, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation) =>
        With(header, claims, data => (key ?? Ec).SignData(data, HashAlgorithmName.SHA256, format));

    public string Rs256(string header, string? claims = null, RSA? key = null) =>
        With(header, claims, data => (key ?? Rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Hs256(string header, byte[] secret) => With(header, null, data => HMACSHA256.HashData(secret, data));

    public static string With(string header, string? claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims ?? Claims()))}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static JwkSet Set(params string[] keys) => JwkSet.TryRead(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}"""), out var set) ? set : throw new InvalidOperationException();

    /// <summary>What a party does that trusts <see cref="Issuer"/>.</summary>
    public static TokenRefusal? Judge(string token, JwkSet keys, JwsAlgorithm allowed = JwsAlgorithm.All)
    {
        if (Jws.Verify(token, keys, allowed, out var verified) is { } refusal) return refusal;
        return EventMesh.Api.Jose.Claims.TryRead(verified!.Payload, out var claims, out refusal) ? claims.Check(Issuer, [Audience], Now) : refusal;
    }

    private static string Curve(int bytes) => bytes switch { 32 => "P-256", 48 => "P-384", _ => "P-521" };
}
