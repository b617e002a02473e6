using System.Security.Cryptography;

namespace EventMesh.Api.Jose;

/// <summary>
/// How a token may be signed (RFC 7518 §3.1, RFC 8037 §3.1). <c>none</c> and the HMAC family have no value here, so that no list can allow them:
/// who can check an HMAC can also make one.
/// </summary>
[Flags]
public enum JwsAlgorithm
{
    None = 0,
    ES256 = 1, ES384 = 2, ES512 = 4,
    RS256 = 8, RS384 = 16, RS512 = 32,
    PS256 = 64, PS384 = 128, PS512 = 256,
    EdDSA = 512,
    All = ES256 | ES384 | ES512 | RS256 | RS384 | RS512 | PS256 | PS384 | PS512 | EdDSA,
}

public static class JwsAlgorithms
{
    // RFC 9864 §2.2 names EdDSA by its curve. Here there is no other curve, so that both names are one.
    private static readonly Dictionary<string, JwsAlgorithm> ByName = Enum.GetValues<JwsAlgorithm>()
        .Where(a => a is not (JwsAlgorithm.None or JwsAlgorithm.All)).Select(a => (Name: a.ToString(), Algorithm: a)).Append((Name: "Ed25519", Algorithm: JwsAlgorithm.EdDSA))
        .ToDictionary(a => a.Name, a => a.Algorithm, StringComparer.Ordinal);

    /// <summary>Every name there is, as RFC 7518, RFC 8037 and RFC 9864 spell it.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>By the exact name; <see cref="JwsAlgorithm.None"/> for every other.</summary>
    public static JwsAlgorithm Named(string? name) => name is not null && ByName.TryGetValue(name, out var algorithm) ? algorithm : JwsAlgorithm.None;

    public static JwsAlgorithm Named(IEnumerable<string> names) => names.Aggregate(JwsAlgorithm.None, (all, name) => all | Named(name));

    internal static HashAlgorithmName Hash(this JwsAlgorithm algorithm) => algorithm switch
    {
        JwsAlgorithm.ES256 or JwsAlgorithm.RS256 or JwsAlgorithm.PS256 => HashAlgorithmName.SHA256,
        JwsAlgorithm.ES384 or JwsAlgorithm.RS384 or JwsAlgorithm.PS384 => HashAlgorithmName.SHA384,
        JwsAlgorithm.ES512 or JwsAlgorithm.RS512 or JwsAlgorithm.PS512 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "has no digest of its own"),
    };
}
