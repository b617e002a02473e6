using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// The data keys that this process has unwrapped, by workspace. One that is known is found without a lock, an allocation or a round trip. Those that are not are read together: while
/// one read is on its way, the next gathers whatever is asked for meanwhile.
/// </summary>
/// <param name="erasure">Wrap data keys before the master key does; null: nothing does.</param>
/// <param name="created">Told of a workspace's first key before it is stored: workspace, number, id of the master key.</param>
internal sealed class UnwrappedKeys(DataKeyRows rows, IMasterKeys masterKeys, ErasureKeys? erasure, Func<string, int, string, Task> created)
{
    /// <summary>Workspaces whose keys are kept; beyond it those that were used longest ago are forgotten.</summary>
    public const int WorkspacesMax = 20_000;
    private const int TogetherMax = 500;
    private const int UnwrappedAtOnce = 16;

    private readonly ConcurrentDictionary<string, WorkspaceKeys> known = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Asked> asked = new();
    private int reading;
    private long changes;

    private sealed record Asked(string Workspace, bool Make, TaskCompletionSource<WorkspaceKeys> Answer);

    public IMasterKeys MasterKeys => masterKeys;

    public ErasureKeys? Erasure => erasure;

    /// <summary>How many workspaces this process holds keys of.</summary>
    public int Held => known.Count;

    /// <summary>The keys of a workspace; null when they have to be read first.</summary>
    public WorkspaceKeys? Find(string workspace)
    {
        if (!known.TryGetValue(workspace, out var keys)) return null;
        keys.Use();
        return keys;
    }

    /// <summary>Reads the keys of a workspace.</summary>
    /// <param name="make">Makes the first one when there is none.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    /// <exception cref="MasterKeyMissing">They are wrapped by a master key that is not here.</exception>
    /// <exception cref="ErasureKeyMissing">They are wrapped by an erasure key that is not here.</exception>
    /// <exception cref="MasterKeyUnavailable">Whoever holds the master key does not answer.</exception>
    /// <exception cref="SealBroken">What is stored was not wrapped by that master key for this workspace.</exception>
    public Task<WorkspaceKeys> Read(string workspace, bool make)
    {
        var ask = new Asked(workspace, make, new(TaskCreationOptions.RunContinuationsAsynchronously));
        asked.Enqueue(ask);
        if (Interlocked.CompareExchange(ref reading, 1, 0) == 0) _ = Task.Run(ReadAsked);
        return ask.Answer.Task;
    }

    /// <summary>Has the keys of a workspace read anew by whoever needs them next: they have changed.</summary>
    public void Forget(string workspace)
    {
        Interlocked.Increment(ref changes);
        known.TryRemove(workspace, out _);
    }

    /// <summary>Makes a key of a number, unless there is one: whoever is second takes the first one's.</summary>
    public async Task Make(string workspace, int number, CancellationToken stop)
    {
        var material = RandomNumberGenerator.GetBytes(SealedForm.KeyBytes);
        // The platform's own history is never purged.
        var inner = workspace == MasterKeyCheck.Platform ? null : erasure?.Wrap(material, workspace, number);
        try
        {
            var wrapped = await masterKeys.Wrap(inner ?? material, workspace, number, stop).ConfigureAwait(false);
            if (number == 1) await created(workspace, number, wrapped.MasterKey).ConfigureAwait(false);
            await rows.Insert(workspace, number, wrapped, inner is not null, stop).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    private async Task ReadAsked()
    {
        do
        {
            while (!asked.IsEmpty)
            {
                var together = new Dictionary<string, List<Asked>>(StringComparer.Ordinal);
                while (together.Count < TogetherMax && asked.TryDequeue(out var ask))
                {
                    if (!together.TryGetValue(ask.Workspace, out var of)) together[ask.Workspace] = of = [];
                    of.Add(ask);
                }
                await Answer(together).ConfigureAwait(false);
            }
            Volatile.Write(ref reading, 0);
        }
        while (!asked.IsEmpty && Interlocked.CompareExchange(ref reading, 1, 0) == 0);
    }

    /// <summary>Answers each for itself; never throws.</summary>
    private async Task Answer(Dictionary<string, List<Asked>> together)
    {
        var before = Interlocked.Read(ref changes);
        ILookup<string, DataKeyRow> stored;
        try
        {
            stored = (await rows.Read([.. together.Keys], CancellationToken.None).ConfigureAwait(false)).ToLookup(r => r.Workspace, StringComparer.Ordinal);
        }
        catch (Exception failure)
        {
            foreach (var ask in together.Values.SelectMany(a => a)) ask.Answer.TrySetException(failure);
            return;
        }
        await Parallel.ForEachAsync(together, new ParallelOptions { MaxDegreeOfParallelism = UnwrappedAtOnce }, async (of, _) =>
        {
            try
            {
                var found = stored[of.Key].ToList();
                if (found.Count == 0 && of.Value.Any(a => a.Make)) found = await FirstOf(of.Key).ConfigureAwait(false);
                var keys = await Unwrap(of.Key, found).ConfigureAwait(false);
                if (keys.Current is not null) Keep(of.Key, keys, before);
                foreach (var ask in of.Value) ask.Answer.TrySetResult(keys);
            }
            catch (Exception failure)
            {
                foreach (var ask in of.Value) ask.Answer.TrySetException(failure);
            }
        }).ConfigureAwait(false);
    }

    private async Task<List<DataKeyRow>> FirstOf(string workspace)
    {
        await Make(workspace, 1, CancellationToken.None).ConfigureAwait(false);
        return await rows.Read([workspace], CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<WorkspaceKeys> Unwrap(string workspace, List<DataKeyRow> stored)
    {
        var (all, current) = (new DataKey[stored.Count], (DataKey?)null);
        for (var i = 0; i < all.Length; i++)
        {
            var material = await masterKeys.Unwrap(stored[i].Wrapped, workspace, stored[i].Number, CancellationToken.None).ConfigureAwait(false);
            if (stored[i].Erasure) material = (erasure ?? throw new ErasureKeyMissing(workspace, null)).Unwrap(material, workspace, stored[i].Number);
            all[i] = new(stored[i].Number, material);
            if (!stored[i].Closed) current = all[i];
        }
        return new(all, current);
    }

    private void Keep(string workspace, WorkspaceKeys keys, long before)
    {
        known[workspace] = keys;
        // Something changed while it was read: this may be what was there before, so the next one reads again.
        if (Interlocked.Read(ref changes) != before) known.TryRemove(KeyValuePair.Create(workspace, keys));
        else if (known.Count > WorkspacesMax) ForgetOldest();
    }

    private void ForgetOldest()
    {
        foreach (var (workspace, keys) in known.OrderBy(k => k.Value.UsedAt).Take(WorkspacesMax / 8).ToList()) known.TryRemove(KeyValuePair.Create(workspace, keys));
    }
}
