using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// How sealed bytes look: a version byte, the number of the data key (4 bytes, big-endian), a nonce of 12 bytes, the ciphertext, a tag of 16 bytes.
/// AES-256-GCM as in NIST SP 800-38D, with a nonce from the random generator each time.
/// </summary>
internal static class SealedForm
{
    public const byte Version = 1;
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;
    public const int NonceAt = 5;
    public const int Overhead = NonceAt + NonceBytes + TagBytes;

    public static byte[] Seal(AesGcm cipher, int number, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated)
    {
        var form = new byte[Overhead + plain.Length];
        form[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(form.AsSpan(1), number);
        var nonce = form.AsSpan(NonceAt, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Encrypt(cipher, nonce, plain, form.AsSpan(NonceAt + NonceBytes), associated);
        return form;
    }

    /// <summary>The number of the data key that sealed it; 0 when it is no sealed form at all.</summary>
    public static int NumberOf(ReadOnlySpan<byte> form) => form.Length >= Overhead && form[0] == Version ? BinaryPrimitives.ReadInt32BigEndian(form[1..]) : 0;

    /// <exception cref="CryptographicException">It was changed, or sealed with another key or for something else.</exception>
    public static byte[] Open(AesGcm cipher, ReadOnlySpan<byte> form, ReadOnlySpan<byte> associated)
    {
        var plain = new byte[form.Length - Overhead];
        Decrypt(cipher, form.Slice(NonceAt, NonceBytes), form[(NonceAt + NonceBytes)..], plain, associated);
        return plain;
    }

    /// <param name="ciphertextAndTag">As long as <paramref name="plain"/> and a tag.</param>
    public static void Encrypt(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> ciphertextAndTag, ReadOnlySpan<byte> associated) =>
        cipher.Encrypt(nonce, plain, ciphertextAndTag[..^TagBytes], ciphertextAndTag[^TagBytes..], associated);

    /// <exception cref="CryptographicException">The tag does not belong to the rest.</exception>
    public static void Decrypt(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertextAndTag, Span<byte> plain, ReadOnlySpan<byte> associated) =>
        cipher.Decrypt(nonce, ciphertextAndTag[..^TagBytes], ciphertextAndTag[^TagBytes..], plain, associated);
}
