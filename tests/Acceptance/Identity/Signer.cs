using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EventMesh.Tests.Acceptance;

/// <summary>A key pair of somebody else's, and the tokens that they sign with it.</summary>
internal sealed class Signer : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The public half, as a JWK.</summary>
    public string Jwk
    {
        get
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        }
    }

    public string Sign(string header, string claims)
    {
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>What a client proves itself with (RFC 7523).</summary>
    public string Assertion(string client, string audience, string jti, int expiresInSeconds = 60, string? subject = null) => Sign("""{"alg":"ES256","typ":"JWT"}""",
        $$"""{"iss":"{{client}}","sub":"{{subject ?? client}}","aud":"{{audience}}","jti":"{{jti}}","exp":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + expiresInSeconds}}}""");

    public static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A part of a token: 0 the header, 1 the claims.</summary>
    public static JsonNode Part(string token, int part) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[part]))!;

    public void Dispose() => key.Dispose();
}
