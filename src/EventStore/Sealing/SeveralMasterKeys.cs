namespace EventMesh.EventStore.Sealing;

/// <summary>Master keys of several holders: those of the first wrap, those of all unwrap. For moving from one kind of holder to another.</summary>
public sealed class SeveralMasterKeys(IReadOnlyList<IMasterKeys> holders) : IMasterKeys
{
    public string Current => holders[0].Current;

    public Task<WrappedKey> Wrap(byte[] dataKey, string workspace, int number, CancellationToken stop) => holders[0].Wrap(dataKey, workspace, number, stop);

    public async Task<byte[]> Unwrap(WrappedKey wrapped, string workspace, int number, CancellationToken stop)
    {
        foreach (var holder in holders)
        {
            try
            {
                return await holder.Unwrap(wrapped, workspace, number, stop).ConfigureAwait(false);
            }
            catch (MasterKeyMissing)
            {
                // The next one may hold it.
            }
        }
        throw new MasterKeyMissing(wrapped.MasterKey);
    }

    public async Task Reload(CancellationToken stop)
    {
        foreach (var holder in holders) await holder.Reload(stop).ConfigureAwait(false);
    }
}
