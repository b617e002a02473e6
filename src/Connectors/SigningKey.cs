using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Connectors;

/// <summary>
/// The secrets of Standard Webhooks 1.0 as text, by their prefix: <c>whsec_</c> (HMAC, see <see cref="Signing"/>), <c>whsk_</c> (Ed25519, private) and
/// <c>whpk_</c> (Ed25519, public). A private key is the base64 of seed and public key, 64 bytes; a public key that of 32 bytes.
/// </summary>
public static class SigningKey
{
    public const string PrivatePrefix = "whsk_";
    public const string PublicPrefix = "whpk_";

    private const string AsymmetricVersion = "v1a,";

    /// <summary>One signature, <c>v1,…</c> or <c>v1a,…</c>.</summary>
    /// <param name="secret"><c>whsec_…</c> or <c>whsk_…</c>.</param>
    /// <exception cref="FormatException">The secret is of neither form.</exception>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        if (!secret.StartsWith(PrivatePrefix, StringComparison.Ordinal)) return Signing.Sign(secret, id, timestamp, body);
        var key = Bytes(secret, PrivatePrefix, Ed25519.SeedBytes + Ed25519.PublicKeyBytes);
        try
        {
            return AsymmetricVersion + Convert.ToBase64String(Ed25519.Sign(key.AsSpan(0, Ed25519.SeedBytes), Signed(id, timestamp, body)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>As <see cref="Signing.Verify"/>, with a <c>whsec_…</c> or a <c>whpk_…</c>.</summary>
    /// <exception cref="FormatException">The key is of neither form.</exception>
    public static Verification Verify(string key, string id, string timestamp, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (!key.StartsWith(PublicPrefix, StringComparison.Ordinal)) return Signing.Verify(key, id, timestamp, signatures, body, now);
        var publicKey = Bytes(key, PublicPrefix, Ed25519.PublicKeyBytes);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return Verification.NoTimestamp;
        var age = now.ToUnixTimeSeconds() - seconds;
        if (age > Signing.Tolerance.TotalSeconds) return Verification.TooOld;
        if (age < -Signing.Tolerance.TotalSeconds) return Verification.TooNew;

        var signed = Signed(id, seconds, body);
        var signature = new byte[Ed25519.SignatureBytes];
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var given = signatures.AsSpan(range);
            if (given.StartsWith(AsymmetricVersion) && Convert.TryFromBase64Chars(given[AsymmetricVersion.Length..], signature, out var length)
                && Ed25519.Verify(publicKey, signed, signature.AsSpan(0, length)))
                return Verification.Valid;
        }
        return Verification.NoMatch;
    }

    /// <summary>A new Ed25519 key pair.</summary>
    /// <param name="seed">32 bytes of a cryptographic generator.</param>
    public static (string Private, string Public) NewPair(ReadOnlySpan<byte> seed)
    {
        var publicKey = Ed25519.PublicKeyOf(seed);
        return (PrivatePrefix + Convert.ToBase64String([.. seed, .. publicKey]), PublicPrefix + Convert.ToBase64String(publicKey));
    }

    /// <summary>Whether this is an HMAC secret as it must be when somebody brings their own: the prefix, and the canonical base64 of 24 to 64 bytes.</summary>
    public static bool IsHmacSecret(string text)
    {
        if (!text.StartsWith(Signing.SecretPrefix, StringComparison.Ordinal)) return false;
        Span<byte> key = stackalloc byte[Signing.KeyBytesMax];
        return Convert.TryFromBase64Chars(text.AsSpan(Signing.SecretPrefix.Length), key, out var bytes) && bytes >= Signing.KeyBytesMin
            && Convert.ToBase64String(key[..bytes]) == text[Signing.SecretPrefix.Length..];
    }

    /// <summary>
    /// <c>sha256=</c> and the lower-case hex of HMAC-SHA256 over the body alone, as GitHub signs. The key is the text of the secret, prefix and all: what a
    /// receiver of that kind is given as its secret it uses as it stands.
    /// </summary>
    public static string LegacySignature(string secret, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private static byte[] Signed(string id, long timestamp, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];

    private static byte[] Bytes(string text, string prefix, int length)
    {
        var bytes = new byte[length];
        return text.StartsWith(prefix, StringComparison.Ordinal) && Convert.TryFromBase64Chars(text.AsSpan(prefix.Length), bytes, out var written) && written == length
            ? bytes
            : throw new FormatException($"An Ed25519 key is {prefix} and the base64 of {length} bytes.");
    }
}
