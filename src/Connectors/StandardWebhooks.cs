using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Connectors;

/// <summary>
/// Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric: HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>.
/// Nothing in this file leans on the rest of the project, so that a receiver may take it as it is.
/// </summary>
public static class Signing
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";
    public const string SecretPrefix = "whsec_";
    public const int KeyBytesMin = 24;
    public const int KeyBytesMax = 64;

    /// <summary>How far a signed timestamp may be from the receiver's clock, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const int SignatureChars = 44; // base64 of 32 bytes
    private const int TimestampBytesMax = 20;

    /// <summary>The value of <c>webhook-signature</c>: <c>v1,</c> + base64 of 32 bytes.</summary>
    /// <param name="secret"><c>whsec_</c> + base64 of 24 to 64 bytes; the prefix may be missing.</param>
    /// <param name="timestamp">Seconds since 1970, as in <c>webhook-timestamp</c>.</param>
    /// <exception cref="FormatException">The secret is not of that form.</exception>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Mac(secret, id, timestamp, body, mac);
        Span<char> signature = stackalloc char[Version.Length + SignatureChars];
        Version.CopyTo(signature);
        Convert.TryToBase64Chars(mac, signature[Version.Length..], out _);
        return new string(signature);
    }

    /// <summary>Whether a request is the sender's and recent. Arguments are the three headers as they came, and the body's bytes as they came.</summary>
    /// <param name="signatures">One or several signatures, separated by spaces; those of unknown versions are passed over.</param>
    /// <exception cref="FormatException">The secret is not of the form <see cref="Sign"/> takes.</exception>
    public static Verification Verify(string secret, string id, string timestamp, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return Verification.NoTimestamp;
        var age = now.ToUnixTimeSeconds() - seconds;
        if (age > Tolerance.TotalSeconds) return Verification.TooOld;
        if (age < -Tolerance.TotalSeconds) return Verification.TooNew;

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Mac(secret, id, seconds, body, mac);
        Span<byte> expected = stackalloc byte[SignatureChars];
        Base64.EncodeToUtf8(mac, expected, out _, out _);

        // Every signature is looked at, so that the time taken does not tell which one fits.
        var fits = false;
        Span<byte> given = stackalloc byte[SignatureChars];
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var signature = signatures.AsSpan(range);
            if (signature.Length != Version.Length + SignatureChars || !signature.StartsWith(Version)) continue;
            if (Encoding.ASCII.TryGetBytes(signature[Version.Length..], given, out var length) && length == SignatureChars)
                fits |= CryptographicOperations.FixedTimeEquals(given, expected);
        }
        return fits ? Verification.Valid : Verification.NoMatch;
    }

    /// <summary>A secret made of <paramref name="random"/> (32 bytes of a cryptographic generator; 24 to 64 are accepted).</summary>
    public static string NewSecret(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, KeyBytesMin, nameof(random));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(random.Length, KeyBytesMax, nameof(random));
        return SecretPrefix + Convert.ToBase64String(random);
    }

    private static void Mac(string secret, string id, long timestamp, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> key = stackalloc byte[KeyBytesMax];
        key = key[..Key(secret, key)];

        // One buffer and one call: copying the body costs a hundredth of hashing it, an incremental hash costs allocations.
        var signed = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(id.Length) + TimestampBytesMax + 2 + body.Length);
        try
        {
            var length = Encoding.UTF8.GetBytes(id, signed);
            signed[length++] = (byte)'.';
            timestamp.TryFormat(signed.AsSpan(length), out var digits, provider: CultureInfo.InvariantCulture);
            length += digits;
            signed[length++] = (byte)'.';
            body.CopyTo(signed.AsSpan(length));
            HMACSHA256.HashData(key, signed.AsSpan(0, length + body.Length), mac);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static int Key(string secret, Span<byte> key)
    {
        var text = secret.AsSpan();
        if (text.StartsWith(SecretPrefix)) text = text[SecretPrefix.Length..];
        if (!Convert.TryFromBase64Chars(text, key, out var bytes) || bytes < KeyBytesMin)
            throw new FormatException($"A signing secret is {SecretPrefix} and the base64 of {KeyBytesMin} to {KeyBytesMax} bytes.");
        return bytes;
    }
}

public enum Verification
{
    Valid,

    /// <summary>The timestamp is not a number of seconds.</summary>
    NoTimestamp,

    TooOld,
    TooNew,

    /// <summary>No signature fits this secret, id, timestamp and body.</summary>
    NoMatch,
}
