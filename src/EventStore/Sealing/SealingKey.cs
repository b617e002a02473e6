using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>A key that seals and opens. Any number of threads use it at once.</summary>
internal sealed class SealingKey(int number, byte[] key)
{
    // A cipher serves one thread at a time and costs a microsecond to make: one is kept for whoever comes next, and nobody waits for it.
    private AesGcm? spare;

    public byte[] Seal(in AssociatedData bound, ReadOnlySpan<byte> plain)
    {
        var space = bound.BytesMax;
        var associated = bound.Write(space <= AssociatedData.BytesOnStack ? stackalloc byte[AssociatedData.BytesOnStack] : new byte[space]);
        var cipher = Take();
        try
        {
            return SealedForm.Seal(cipher, number, plain, associated);
        }
        finally
        {
            GiveBack(cipher);
        }
    }

    /// <exception cref="SealBroken">It was changed, or sealed for something else.</exception>
    public byte[] Open(in AssociatedData bound, ReadOnlySpan<byte> form)
    {
        var space = bound.BytesMax;
        var associated = bound.Write(space <= AssociatedData.BytesOnStack ? stackalloc byte[AssociatedData.BytesOnStack] : new byte[space]);
        var cipher = Take();
        try
        {
            return SealedForm.Open(cipher, form, associated);
        }
        catch (CryptographicException broken)
        {
            throw new SealBroken(bound.Workspace, $"{bound.Kind.ToString().ToLowerInvariant()} {bound.Name}", broken);
        }
        finally
        {
            GiveBack(cipher);
        }
    }

    private AesGcm Take() => Interlocked.Exchange(ref spare, null) ?? new AesGcm(key, SealedForm.TagBytes);

    private void GiveBack(AesGcm cipher)
    {
        if (Interlocked.CompareExchange(ref spare, cipher, null) is not null) cipher.Dispose();
    }
}
