using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Seals the parts of one export that are kept here, with a key of its own; the key is sealed with the workspace's. So a rotation of the workspace's key seals a few bytes anew and not gigabytes, and
/// when that key is destroyed no part opens any more. A part is a nonce of 12 bytes, the ciphertext and a tag of 16 bytes: AES-256-GCM, bound to workspace, export and number. Before it is sealed it is
/// compressed (what is sealed cannot be), so that the database writes a tenth of it: a byte that neither a line nor a gzip member begins with, and DEFLATE (RFC 1951).
/// </summary>
internal sealed class ExportSeal(string workspace, string export, byte[] key)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const byte Compressed = 1;
    private const byte Gzip = 0x1f;

    /// <summary>The name under which an export's key is sealed.</summary>
    public static string NameOf(string export) => $"exports/{export}";

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <exception cref="SealBroken">The key was changed, or belongs elsewhere.</exception>
    public static async Task<ExportSeal> Of(WorkspaceStore store, ExportRow row, CancellationToken stop) =>
        new(row.Workspace, row.Id, await store.Unseal(NameOf(row.Id), row.Sealed ?? throw SealBroken.Of(row.Workspace, NameOf(row.Id)), stop).ConfigureAwait(false));

    public byte[] Seal(int number, ReadOnlySpan<byte> part)
    {
        var plain = part is [] or [Gzip, ..] ? part : Compress(part);
        var form = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(form.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(form.AsSpan(0, NonceBytes), plain, form.AsSpan(NonceBytes, plain.Length), form.AsSpan(NonceBytes + plain.Length), Bound(number));
        return form;
    }

    /// <exception cref="SealBroken">It was changed, or belongs elsewhere.</exception>
    public byte[] Open(int number, ReadOnlySpan<byte> form)
    {
        if (form.Length < NonceBytes + TagBytes) throw SealBroken.Of(workspace, $"{NameOf(export)} {number}");
        var plain = new byte[form.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(form[..NonceBytes], form[NonceBytes..^TagBytes], form[^TagBytes..], plain, Bound(number));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw SealBroken.Of(workspace, $"{NameOf(export)} {number}");
        }
        return plain is [Compressed, ..] ? Expand(plain) : plain;
    }

    private static ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> part)
    {
        var bytes = new MemoryStream(part.Length / 4);
        bytes.WriteByte(Compressed);
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(part);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    private static byte[] Expand(byte[] plain)
    {
        using var deflate = new DeflateStream(new MemoryStream(plain, 1, plain.Length - 1), CompressionMode.Decompress);
        var part = new MemoryStream(plain.Length * 4);
        deflate.CopyTo(part);
        return part.ToArray();
    }

    // None of the three holds a line break.
    private byte[] Bound(int number) => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{workspace}\n{export}\n{number}"));
}
