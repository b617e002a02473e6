using System.Security.Cryptography;
using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Seals the parts of one export that are kept here, with a key of its own; the key is sealed with the workspace's. So a rotation of the workspace's key seals a few bytes anew and not gigabytes, and
/// when that key is destroyed no part opens any more. A part is a nonce of 12 bytes, the ciphertext and a tag of 16 bytes: AES-256-GCM, bound to workspace, export and number.
/// </summary>
internal sealed class ExportSeal(string workspace, string export, byte[] key)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The name under which an export's key is sealed.</summary>
    public static string NameOf(string export) => $"exports/{export}";

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <exception cref="SealBroken">The key was changed, or belongs elsewhere.</exception>
    public static async Task<ExportSeal> Of(WorkspaceStore store, ExportRow row, CancellationToken stop) =>
        new(row.Workspace, row.Id, await store.Unseal(NameOf(row.Id), row.Sealed ?? throw SealBroken.Of(row.Workspace, NameOf(row.Id)), stop).ConfigureAwait(false));

    public byte[] Seal(int number, ReadOnlySpan<byte> plain)
    {
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
        return plain;
    }

    // None of the three holds a line break.
    private byte[] Bound(int number) => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{workspace}\n{export}\n{number}"));
}
