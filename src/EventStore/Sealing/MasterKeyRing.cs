using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// Master keys as a node holds them itself: lines (or entries) <c>id:base64 of 32 bytes</c>, the first of them current. A wrapped key is a sealed form (see <see cref="SealedForm"/>) bound to
/// the workspace and the number of the data key in it.
/// </summary>
internal sealed class MasterKeyRing
{
    private const int IdCharsMax = 64;

    private readonly Dictionary<string, byte[]> keys = new(StringComparer.Ordinal);

    private MasterKeyRing(string current) => Current = current;

    public string Current { get; }

    /// <param name="entries">Blank ones and those that begin with # are passed over.</param>
    /// <param name="from">Where they come from, for the message.</param>
    /// <exception cref="MasterKeysRefused">There is none, or one is not such an entry.</exception>
    public static MasterKeyRing Parse(IEnumerable<string> entries, string from)
    {
        MasterKeyRing? ring = null;
        foreach (var (entry, number) in entries.Select((e, i) => (e.Trim(), i + 1)).Where(e => e.Item1.Length > 0 && e.Item1[0] != '#'))
        {
            var at = entry.IndexOf(':', StringComparison.Ordinal);
            var id = at < 0 ? "" : entry[..at];
            if (id.Length is 0 or > IdCharsMax || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                throw new MasterKeysRefused($"{from}, entry {number}: must be id:key with an id of at most {IdCharsMax} letters, digits, '-', '_' and '.'.");
            var key = new byte[SealedForm.KeyBytes];
            if (!Convert.TryFromBase64String(entry[(at + 1)..].Trim(), key, out var length) || length != key.Length)
                throw new MasterKeysRefused($"{from}, entry {number} ('{id}'): the key must be 32 bytes in base64, as `openssl rand -base64 32` prints them.");
            ring ??= new(id);
            if (!ring.keys.TryAdd(id, key)) throw new MasterKeysRefused($"{from}, entry {number}: '{id}' is there twice.");
        }
        return ring ?? throw new MasterKeysRefused($"{from} holds no master key.");
    }

    public bool Has(string id) => keys.ContainsKey(id);

    public WrappedKey Wrap(byte[] dataKey, string workspace, int number)
    {
        var bound = new AssociatedData(SealKind.DataKey, workspace, "", number);
        using var cipher = new AesGcm(keys[Current], SealedForm.TagBytes);
        return new(Current, SealedForm.Seal(cipher, number, dataKey, bound.Write(new byte[bound.BytesMax])));
    }

    /// <exception cref="MasterKeyMissing">The key is not on this ring.</exception>
    /// <exception cref="SealBroken">It does not open.</exception>
    public byte[] Unwrap(WrappedKey wrapped, string workspace, int number)
    {
        if (!keys.TryGetValue(wrapped.MasterKey, out var key)) throw new MasterKeyMissing(wrapped.MasterKey);
        var bound = new AssociatedData(SealKind.DataKey, workspace, "", number);
        using var cipher = new AesGcm(key, SealedForm.TagBytes);
        try
        {
            return SealedForm.NumberOf(wrapped.Bytes) == number ? SealedForm.Open(cipher, wrapped.Bytes, bound.Write(new byte[bound.BytesMax])) : throw new CryptographicException("It is not a wrapped key of this number.");
        }
        catch (CryptographicException broken)
        {
            throw SealBroken.Of(workspace, number, broken);
        }
    }
}
