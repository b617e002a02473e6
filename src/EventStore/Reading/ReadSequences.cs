using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class ReadSequencesVerb
{
    private const string Sql = $"select {Rows.Columns} from public.mt_events e where e.seq_id = any($1)";

    /// <summary>Events of a workspace by their sequence numbers, in the order of these; those that are not there are left out.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<List<StoredEvent>> ReadSequences(this WorkspaceStore store, IReadOnlyList<long> sequences, CancellationToken stop = default)
    {
        if (sequences.Count == 0) return [];
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql) { Parameters = { new() { Value = sequences.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } } });
        var found = await session.Read(reader => ReadStreamVerb.All(reader, stop), stop).ConfigureAwait(false);
        var events = found.ToDictionary(e => e.Position.Sequence);
        return [.. sequences.Where(events.ContainsKey).Select(s => events[s])];
    }
}
