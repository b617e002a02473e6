using EventMesh.EventStore.Appending;
using Npgsql;

namespace EventMesh.EventStore.Sealing;

/// <summary>Bytes about to be stored, and what a row says about them.</summary>
/// <param name="Key">The number of the data key that sealed them; null: they are plain.</param>
internal readonly record struct SealedBytes(int? Key, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Seals what is stored and opens what is read. Without data keys everything stays plain, which only tests and measurements of the store itself want.
/// </summary>
internal sealed class Seals(UnwrappedKeys? keys)
{
    /// <summary>What PostgreSQL answers when something was sealed with a data key that is closed: another node is ahead of this one. See 0007_data_keys.sql.</summary>
    private const string KeyClosed = "23E01";

    /// <summary>The first byte of a value that is plain because nothing is sealed here.</summary>
    private const byte PlainForm = 0;

    public UnwrappedKeys? Keys => keys;

    /// <summary>The same appends with their payloads sealed. A workspace whose keys are known costs no round trip.</summary>
    public async ValueTask<IReadOnlyList<Append>> Seal(IReadOnlyList<Append> appends, CancellationToken stop)
    {
        if (keys is null || !HasPayloads(appends)) return appends;
        Acceptable.Check(appends);
        Dictionary<string, WorkspaceKeys>? cold = null;
        foreach (var append in appends)
            if (append.Payloads.Count > 0 && keys.Find(append.Workspace) is null) (cold ??= new(StringComparer.Ordinal))[append.Workspace] = null!;
        if (cold is not null) await Read(cold, make: true, stop).ConfigureAwait(false);

        var sealedAppends = new Append[appends.Count];
        for (var i = 0; i < sealedAppends.Length; i++)
        {
            var append = appends[i];
            sealedAppends[i] = append.Payloads.Count == 0 ? append : append with
            {
                // They may have been forgotten since the look.
                Payloads = Seal(append, (cold?.GetValueOrDefault(append.Workspace) ?? keys.Find(append.Workspace) ?? await keys.Read(append.Workspace, make: true).WaitAsync(stop).ConfigureAwait(false)).Current!),
            };
        }
        return sealedAppends;
    }

    private static Payload[] Seal(Append append, DataKey current)
    {
        var payloads = new Payload[append.Payloads.Count];
        for (var p = 0; p < payloads.Length; p++)
        {
            var payload = append.Payloads[p];
            var bound = new AssociatedData(SealKind.Payload, append.Workspace, payload.Id, payload.Day.DayNumber);
            payloads[p] = payload with { Body = current.For(bound).Seal(bound, payload.Body.Span), Key = current.Number };
        }
        return payloads;
    }

    /// <summary>Runs what stores sealed bytes, and once more when a data key turns out to be closed.</summary>
    public async Task<T> Storing<T>(IEnumerable<string> workspaces, Func<Task<T>> store)
    {
        try
        {
            return await store().ConfigureAwait(false);
        }
        catch (Exception refusal) when (keys is not null && (refusal as PostgresException ?? refusal.InnerException as PostgresException)?.SqlState == KeyClosed)
        {
            foreach (var workspace in workspaces) keys.Forget(workspace);
            return await store().ConfigureAwait(false);
        }
    }

    /// <summary>Seals one value.</summary>
    public async ValueTask<SealedBytes> Seal(AssociatedData bound, ReadOnlyMemory<byte> plain, CancellationToken stop)
    {
        if (keys is null) return new(null, plain);
        var of = keys.Find(bound.Workspace) ?? await keys.Read(bound.Workspace, make: true).WaitAsync(stop).ConfigureAwait(false);
        return new(of.Current!.Number, of.Current.For(bound).Seal(bound, plain.Span));
    }

    /// <summary>Opens one value.</summary>
    /// <param name="key">What its row says; null: it is plain, from before anything was sealed.</param>
    /// <exception cref="SealBroken">It was changed, or sealed for something else, or with a key that is no more.</exception>
    public async ValueTask<byte[]> Open(AssociatedData bound, int? key, byte[] stored, CancellationToken stop)
    {
        if (key is not { } number) return stored;
        var of = keys?.Find(bound.Workspace);
        if (keys is not null && of?.Find(number) is null) of = await keys.Read(bound.Workspace, make: false).WaitAsync(stop).ConfigureAwait(false);
        return Open(bound, number, stored, of);
    }

    /// <summary>The keys that opening these needs; a workspace whose keys are known costs no round trip. They are held on to: what is known may be forgotten at any moment.</summary>
    public async ValueTask<IReadOnlyDictionary<string, WorkspaceKeys>> Ready(IEnumerable<(AssociatedData Bound, int? Key)> stored, CancellationToken stop)
    {
        var (ready, cold) = (new Dictionary<string, WorkspaceKeys>(StringComparer.Ordinal), (Dictionary<string, WorkspaceKeys>?)null);
        foreach (var (bound, key) in stored)
        {
            if (keys is null || key is not { } number) continue;
            if (!ready.TryGetValue(bound.Workspace, out var of) && (of = keys.Find(bound.Workspace)) is not null) ready.Add(bound.Workspace, of);
            if (of?.Find(number) is null) (cold ??= new(StringComparer.Ordinal))[bound.Workspace] = null!;
        }
        if (cold is null) return ready;
        await Read(cold, make: false, stop).ConfigureAwait(false);
        foreach (var (workspace, read) in cold) ready[workspace] = read;
        return ready;
    }

    /// <summary>Opens one of those that are <see cref="Ready"/>.</summary>
    public static byte[] Open(AssociatedData bound, int? key, byte[] stored, IReadOnlyDictionary<string, WorkspaceKeys> ready) =>
        key is { } number ? Open(bound, number, stored, ready.GetValueOrDefault(bound.Workspace)) : stored;

    private static byte[] Open(in AssociatedData bound, int number, byte[] stored, WorkspaceKeys? of)
    {
        // What the row says and what the bytes say must agree.
        if (SealedForm.NumberOf(stored) != number || of?.Find(number) is not { } key) throw new SealBroken(bound.Workspace, $"{bound.Kind.ToString().ToLowerInvariant()} {bound.Name}");
        return key.For(bound).Open(bound, stored);
    }

    /// <summary>Seals a value that says itself which key sealed it, for a table that is registered (0023_sealed_values.sql): a rotation finds it there.</summary>
    public async ValueTask<byte[]> SealValue(string workspace, string name, ReadOnlyMemory<byte> plain, CancellationToken stop) =>
        keys is null ? [PlainForm, .. plain.Span] : (await Seal(new AssociatedData(SealKind.Value, workspace, name, 0), plain, stop).ConfigureAwait(false)).Bytes.ToArray();

    /// <exception cref="SealBroken">It was changed, or sealed for another workspace or name.</exception>
    public ValueTask<byte[]> OpenValue(string workspace, string name, byte[] stored, CancellationToken stop) =>
        keys is null && stored is [PlainForm, .. var plain] ? new(plain) : Open(new AssociatedData(SealKind.Value, workspace, name, 0), SealedForm.NumberOf(stored), stored, stop);

    private async Task Read(Dictionary<string, WorkspaceKeys> cold, bool make, CancellationToken stop)
    {
        var workspaces = cold.Keys.ToArray();
        var read = await Task.WhenAll(workspaces.Select(w => keys!.Read(w, make))).WaitAsync(stop).ConfigureAwait(false);
        for (var i = 0; i < workspaces.Length; i++) cold[workspaces[i]] = read[i];
    }

    private static bool HasPayloads(IReadOnlyList<Append> appends)
    {
        for (var i = 0; i < appends.Count; i++)
            if (appends[i].Payloads.Count > 0) return true;
        return false;
    }
}
