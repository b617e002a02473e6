using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>A stream and, when asked for, a payload of one workspace.</summary>
public readonly record struct Load(string Workspace, string Stream, string PayloadId, DateOnly PayloadDay);

/// <param name="Payload">Null when it has expired or never was.</param>
public sealed record Loaded(StoredStream Stream, byte[]? Payload);

public static class LoadTogetherVerb
{
    private const string PayloadSql = "select p.body from eventmesh.payloads p where p.id = $1 and p.day = $2";

    /// <summary>
    /// Reads for many workspaces in one round trip. Each workspace's statements run after its own setting, so row-level security binds every one of them
    /// to the workspace it was asked for.
    /// </summary>
    public static async Task<Loaded[]> LoadTogether(this Store store, IReadOnlyList<Load> loads, CancellationToken stop = default)
    {
        await using var session = await TenantSession.Open(store.Tenant, stop).ConfigureAwait(false);
        foreach (var load in loads)
        {
            session.Add(load.Workspace,
                ReadStreamVerb.Command(load.Stream, 0, ReadStreamVerb.EventsMax + 1),
                new NpgsqlBatchCommand(PayloadSql) { Parameters = { new() { Value = load.PayloadId }, new() { Value = load.PayloadDay } } });
        }

        return loads.Count == 0 ? [] : await session.Read(reader => Read(reader, loads, stop), stop).ConfigureAwait(false);
    }

    private static async Task<Loaded[]> Read(NpgsqlDataReader reader, IReadOnlyList<Load> loads, CancellationToken stop)
    {
        var loaded = new Loaded[loads.Count];
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
            var payload = await reader.ReadAsync(stop).ConfigureAwait(false) ? reader.GetFieldValue<byte[]>(0) : null;
            loaded[i] = new(new StoredStream(loads[i].Stream, events.Count == 0 ? 0 : events[^1].Version, events), payload);
        }
        return loaded;
    }

    /// <summary>A payload of this workspace; null when it has expired or never was.</summary>
    public static async Task<byte[]?> ReadPayload(this WorkspaceStore store, string id, DateOnly day, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(PayloadSql) { Parameters = { new() { Value = id }, new() { Value = day } } });
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? reader.GetFieldValue<byte[]>(0) : null, stop).ConfigureAwait(false);
    }
}
