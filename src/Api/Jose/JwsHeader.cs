using System.Text.Json;

namespace EventMesh.Api.Jose;

/// <summary>
/// What is read of a token's header. Keys and addresses of keys in it (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) are not read at all:
/// whoever made the token would choose what it is checked with.
/// </summary>
/// <param name="Type"><c>typ</c>: <c>JWT</c>, <c>at+jwt</c>, …</param>
public sealed record JwsHeader(JwsAlgorithm Algorithm, string? Kid, string? Type)
{
    internal static JwsHeader? Read(ReadOnlyMemory<byte> utf8, out TokenRefusal refusal)
    {
        if (StrictJson.Object(utf8, out var ambiguous) is not { } json) return Refuse(ambiguous ? TokenRefusal.Ambiguous : TokenRefusal.NotJson, out refusal);
        // RFC 7515 §4.1.11: extensions that must be understood, and none is. RFC 7797: b64 changes what was signed.
        if (json.TryGetProperty("crit", out _) || json.TryGetProperty("b64", out _)) return Refuse(TokenRefusal.CriticalHeader, out refusal);
        if (!StrictJson.TryText(json, "alg", out var name) || name is null || !StrictJson.TryText(json, "kid", out var kid)
            || !StrictJson.TryText(json, "typ", out var type) || !StrictJson.TryText(json, "cty", out var content)) return Refuse(TokenRefusal.HeaderMalformed, out refusal);
        if (JwsAlgorithms.Named(name) is var algorithm && algorithm == JwsAlgorithm.None) return Refuse(TokenRefusal.AlgorithmRefused, out refusal);
        // RFC 7519 §5.2: the payload would be another token.
        if (string.Equals(content, "JWT", StringComparison.OrdinalIgnoreCase)) return Refuse(TokenRefusal.Nested, out refusal);
        refusal = default;
        return new(algorithm, kid, type);
    }

    private static JwsHeader? Refuse(TokenRefusal why, out TokenRefusal refusal)
    {
        refusal = why;
        return null;
    }
}
