using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EventMesh.Api.Jose;

/// <summary>A signed token in compact form (RFC 7515 §7.1). What <see cref="TryRead"/> gives is a claim of whoever sent it until <see cref="Verify(JwkSet, JwsAlgorithm)"/> says otherwise.</summary>
public sealed class Jws
{
    /// <summary>Of the whole token.</summary>
    public const int CharsMax = 8 * 1024;

    private readonly byte[] signed;
    private readonly byte[] signature;

    private Jws(JwsHeader header, byte[] payload, byte[] signed, byte[] signature)
    {
        (Header, Payload, this.signed, this.signature) = (header, payload, signed, signature);
    }

    public JwsHeader Header { get; }
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Reads a token whose signature nobody has checked yet, to see by whose keys to check it.</summary>
    public static bool TryRead(string compact, [NotNullWhen(true)] out Jws? unverified, out TokenRefusal refusal)
    {
        unverified = null;
        refusal = TokenRefusal.TooLong;
        if (compact.Length > CharsMax) return false;
        refusal = TokenRefusal.NotCompact;
        var first = compact.IndexOf('.', StringComparison.Ordinal);
        var last = compact.LastIndexOf('.');
        if (first <= 0 || last == first || compact.IndexOf('.', first + 1) != last) return false;
        refusal = TokenRefusal.NotBase64Url;
        if (!StrictBase64Url.TryDecode(compact.AsSpan(0, first), out var head)
            || !StrictBase64Url.TryDecode(compact.AsSpan(first + 1, last - first - 1), out var payload)
            || !StrictBase64Url.TryDecode(compact.AsSpan(last + 1), out var signature)) return false;
        if (JwsHeader.Read(head, out refusal) is not { } header) return false;
        unverified = new(header, payload, Encoding.ASCII.GetBytes(compact, 0, last), signature);
        return true;
    }

    /// <summary>Checks the signature.</summary>
    /// <param name="allowed">The algorithms that whoever owns the keys signs with; not what the token would like.</param>
    /// <returns>Null when one key of the set made it.</returns>
    public TokenRefusal? Verify(JwkSet keys, JwsAlgorithm allowed)
    {
        if (!allowed.HasFlag(Header.Algorithm)) return TokenRefusal.AlgorithmRefused;
        if (keys.Find(Header.Kid, Header.Algorithm, out var refusal) is not { } key) return refusal;
        return key.IsSignature(Header.Algorithm, signed, signature) ? null : TokenRefusal.SignatureWrong;
    }

    /// <summary>Reads and checks in one step.</summary>
    /// <param name="verified">The token when the answer is null.</param>
    public static TokenRefusal? Verify(string compact, JwkSet keys, JwsAlgorithm allowed, out Jws? verified)
    {
        verified = null;
        if (!TryRead(compact, out var read, out var refusal)) return refusal;
        if (read.Verify(keys, allowed) is { } wrong) return wrong;
        verified = read;
        return null;
    }

    /// <summary>Makes a token, signed by ES256.</summary>
    /// <param name="claims">A JSON object, UTF-8.</param>
    /// <param name="type">The header's <c>typ</c>, which says what the token is for: <c>JWT</c>, <c>at+jwt</c>.</param>
    public static string Sign(Es256Key key, ReadOnlySpan<byte> claims, string type)
    {
        var header = $$"""{"alg":"ES256","typ":"{{type}}","kid":"{{key.Public.Kid}}"}""";
        var signed = $"{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header))}.{StrictBase64Url.Encode(claims)}";
        return $"{signed}.{StrictBase64Url.Encode(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public override string ToString() => $"token by {Header.Algorithm}";
}
