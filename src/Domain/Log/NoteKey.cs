using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Domain.Log;

/// <summary>An Ed25519 key that signs notes, by the name under which it does so. Its text is C2SP's verifier key: <c>name+hash+base64</c>.</summary>
/// <remarks>https://c2sp.org/signed-note</remarks>
public sealed class NoteKey
{
    public const int PublicKeyBytes = 32;
    private const byte Ed25519 = 0x01;

    /// <param name="publicKey">32 bytes (RFC 8032).</param>
    /// <exception cref="ArgumentException">The name is empty or has a space, a plus or a control character, or the key has another length.</exception>
    public NoteKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name)) throw new ArgumentException($"'{name}' cannot be the name of a key: it has a space, a plus or a control character, or is empty.", nameof(name));
        if (publicKey.Length != PublicKeyBytes) throw new ArgumentException($"An Ed25519 public key has {PublicKeyBytes} bytes.", nameof(publicKey));
        (Name, PublicKey) = (name, publicKey.ToArray());
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519, .. publicKey]));
    }

    public string Name { get; }

    /// <summary>With the name it says which key made a signature; it proves nothing.</summary>
    public uint Id { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <exception cref="FormatException">The text is no verifier key of Ed25519, or its hash is not that of its key.</exception>
    public static NoteKey Parse(string text)
    {
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !IsName(parts[0])) throw new FormatException("A verifier key reads name+hash+base64.");
        if (!NoteBase64.TryRead(parts[2], out var bytes) || bytes.Length != 1 + PublicKeyBytes || bytes[0] != Ed25519) throw new FormatException("The verifier key is not one of Ed25519 (type 1, 32 bytes).");
        var key = new NoteKey(parts[0], bytes.AsSpan(1));
        return parts[1] == key.Id.ToString("x8", null) ? key : throw new FormatException($"The hash of the verifier key is {key.Id:x8}, not {parts[1]}: it was not copied whole.");
    }

    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c));

    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519, .. PublicKey.Span])}";
}

/// <summary>Standard base64 (RFC 4648 §4) in its one canonical form.</summary>
internal static class NoteBase64
{
    public static bool TryRead(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length * 3 / 4 + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != text) return false;
        bytes = bytes[..length];
        return true;
    }
}
