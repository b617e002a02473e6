using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EventMesh.Connectors;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>
/// A message and the signatures that came with it. Every secret is tried with every signature, and each pair compared in constant time,
/// so that neither the time nor the answer tells which of them was nearer.
/// </summary>
internal static class Signature
{
    /// <summary>Signatures of one request that are looked at; the rest are passed over.</summary>
    public const int GivenMax = 16;

    /// <summary>The same of signatures that are proved with a public key: each proof reads the whole message.</summary>
    public const int PublicKeyGivenMax = 3;

    /// <param name="parts">What is signed, one part after the other.</param>
    /// <param name="given">The signatures as text.</param>
    public static bool Fits(HmacAlgorithm algorithm, SignatureEncoding encoding, IReadOnlyList<VerifyingKey> keys, ReadOnlyMemory<byte>[] parts, IReadOnlyList<string> given)
    {
        var fits = false;
        foreach (var key in keys.Where(k => !k.IsPublic))
        {
            var expected = Encoding.ASCII.GetBytes(Encoded(encoding, Mac(algorithm, key.Bytes, parts)));
            foreach (var signature in given.Take(GivenMax))
                fits |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Normal(encoding, signature)), expected);
        }
        return fits;
    }

    /// <summary>As <see cref="Fits"/>, by Ed25519 (RFC 8032): nothing here is secret, so nothing need take the same time.</summary>
    public static bool FitsPublic(SignatureEncoding encoding, IReadOnlyList<VerifyingKey> keys, ReadOnlyMemory<byte>[] parts, IReadOnlyList<string> given)
    {
        if (given.Count == 0 || !keys.Any(k => k.IsPublic)) return false;
        var message = new byte[parts.Sum(p => p.Length)];
        for (var (i, at) = (0, 0); i < parts.Length; at += parts[i++].Length) parts[i].CopyTo(message.AsMemory(at));
        var signatures = given.Take(PublicKeyGivenMax).Select(text => Decoded(encoding, text)).ToArray();
        return keys.Any(key => key.IsPublic && signatures.Any(signature => signature is not null && Ed25519.Verify(key.Bytes, message, signature)));
    }

    private static byte[] Mac(HmacAlgorithm algorithm, byte[] key, ReadOnlyMemory<byte>[] parts)
    {
        using var mac = IncrementalHash.CreateHMAC(algorithm switch
        {
            // GitHub's older header and some others: forging an HMAC needs more than collisions of its hash (RFC 6151 §2.3 says it of MD5).
            HmacAlgorithm.Sha1 => HashAlgorithmName.SHA1,
            HmacAlgorithm.Sha256 => HashAlgorithmName.SHA256,
            HmacAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            _ => throw new InvalidOperationException($"No algorithm for {algorithm}."),
        }, key);
        foreach (var part in parts) mac.AppendData(part.Span);
        return mac.GetHashAndReset();
    }

    // Signatures are compared as text: decoders let through more than one spelling of the same bytes.
    private static string Encoded(SignatureEncoding encoding, byte[] mac) => encoding switch
    {
        SignatureEncoding.Hex => Convert.ToHexStringLower(mac),
        SignatureEncoding.Base64 => Convert.ToBase64String(mac),
        SignatureEncoding.Base64url => Base64Url.EncodeToString(mac),
        _ => throw new InvalidOperationException($"No encoding for {encoding}."),
    };

    private static byte[]? Decoded(SignatureEncoding encoding, string text)
    {
        var bytes = new byte[text.Length];
        return encoding switch
        {
            SignatureEncoding.Hex => Convert.FromHexString(text, bytes, out _, out var hex) == System.Buffers.OperationStatus.Done ? bytes[..hex] : null,
            SignatureEncoding.Base64 => Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null,
            SignatureEncoding.Base64url => Base64Url.TryDecodeFromChars(text, bytes, out var url) ? bytes[..url] : null,
            _ => throw new InvalidOperationException($"No encoding for {encoding}."),
        };
    }

    private static string Normal(SignatureEncoding encoding, string given) => encoding switch
    {
        SignatureEncoding.Hex => given.ToLowerInvariant(),
        SignatureEncoding.Base64url => given.TrimEnd('='),
        _ => given,
    };
}
