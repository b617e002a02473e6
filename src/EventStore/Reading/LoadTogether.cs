using EventMesh.EventStore.Sealing;
using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>A stream and, when asked for, a payload of one workspace.</summary>
public readonly record struct Load(string Workspace, string Stream, string PayloadId, DateOnly PayloadDay);

/// <summary>What was asked for together, each for itself: a payload that does not open stops nobody else's work.</summary>
public sealed class Loaded(StoredStream stream, byte[]? payload, SealBroken? broken = null)
{
    public StoredStream Stream { get; } = stream;

    /// <summary>Null when it has expired or never was, or is <see cref="Broken"/>.</summary>
    public byte[]? Payload { get; } = payload;

    /// <summary>Why the payload, which is there, does not open; null when it does.</summary>
    public SealBroken? Broken { get; } = broken;
}

public static class LoadTogetherVerb
{
    private const string PayloadSql = "select p.key_number, p.body from eventmesh.payloads p where p.id = $1 and p.day = $2 and " + PayloadKept.Sql;

    /// <summary>
    /// Reads for many workspaces in one round trip. Each workspace's statements run after its own setting, so row-level security binds every one of them
    /// to the workspace it was asked for.
    /// </summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    /// <exception cref="MasterKeyUnavailable">A workspace's data key is not known yet, and whoever holds the master key does not answer.</exception>
    public static async Task<Loaded[]> LoadTogether(this Store store, IReadOnlyList<Load> loads, CancellationToken stop = default)
    {
        if (loads.Count == 0) return [];
        var rows = await Rows(store, loads, stop).ConfigureAwait(false);
        var read = await store.Seals.Ready(rows.Where(r => r.Body is not null).Select(r => (Bound(r.Of), r.Key)), stop).ConfigureAwait(false);
        return Array.ConvertAll(rows, row => Open(row, read));
    }

    private static async Task<Row[]> Rows(Store store, IReadOnlyList<Load> loads, CancellationToken stop)
    {
        await using var session = await TenantSession.Open(store.Tenant, stop).ConfigureAwait(false);
        foreach (var load in loads)
        {
            session.Add(load.Workspace,
                ReadStreamVerb.Command(load.Stream, 0, ReadStreamVerb.EventsMax + 1),
                new NpgsqlBatchCommand(PayloadSql) { Parameters = { new() { Value = load.PayloadId }, new() { Value = load.PayloadDay } } });
        }
        return await session.Read(reader => Read(reader, loads, stop), stop).ConfigureAwait(false);
    }

    private readonly record struct Row(Load Of, StoredStream Stream, int? Key, byte[]? Body);

    private static AssociatedData Bound(Load of) => new(SealKind.Payload, of.Workspace, of.PayloadId, of.PayloadDay.DayNumber);

    private static Loaded Open(in Row row, IReadOnlyDictionary<string, WorkspaceKeys> read)
    {
        try
        {
            return new(row.Stream, row.Body is null ? null : Seals.Open(Bound(row.Of), row.Key, row.Body, read));
        }
        catch (SealBroken broken)
        {
            return new(row.Stream, null, broken);
        }
    }

    private static async Task<Row[]> Read(NpgsqlDataReader reader, IReadOnlyList<Load> loads, CancellationToken stop)
    {
        var loaded = new Row[loads.Count];
        for (var i = 0; i < loaded.Length; i++)
        {
            if (i > 0)
            {
                await reader.NextResultAsync(stop).ConfigureAwait(false);
                await reader.NextResultAsync(stop).ConfigureAwait(false);
            }
            var events = await ReadStreamVerb.All(reader, stop).ConfigureAwait(false);
            if (events.Count > ReadStreamVerb.EventsMax) throw new StreamTooLong(loads[i].Stream, ReadStreamVerb.EventsMax);
            await reader.NextResultAsync(stop).ConfigureAwait(false);
            var (key, payload) = await Payload(reader, stop).ConfigureAwait(false);
            loaded[i] = new(loads[i], new StoredStream(loads[i].Stream, events.Count == 0 ? 0 : events[^1].Version, events), key, payload);
        }
        return loaded;
    }

    private static async Task<(int? Key, byte[]? Body)> Payload(NpgsqlDataReader reader, CancellationToken stop) =>
        await reader.ReadAsync(stop).ConfigureAwait(false) ? (reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.GetFieldValue<byte[]>(1)) : (null, null);

    /// <summary>A payload of this workspace; null when it has expired or never was.</summary>
    /// <exception cref="SealBroken">It was changed, or belongs to another workspace, id or day.</exception>
    public static async Task<byte[]?> ReadPayload(this WorkspaceStore store, string id, DateOnly day, CancellationToken stop = default)
    {
        var (key, body) = await Stored(store, id, day, stop).ConfigureAwait(false);
        return body is null ? null : await store.Store.Seals.Open(Bound(new(store.Workspace, "", id, day)), key, body, stop).ConfigureAwait(false);
    }

    private static async Task<(int? Key, byte[]? Body)> Stored(WorkspaceStore store, string id, DateOnly day, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(PayloadSql) { Parameters = { new() { Value = id }, new() { Value = day } } });
        return await session.Read(reader => Payload(reader, stop), stop).ConfigureAwait(false);
    }
}
