using Npgsql;

namespace EventMesh.EventStore.Reading;

public static class ReadStreamsVerb
{
    private const string Sql = $"select {Rows.Columns} from public.mt_events e where e.stream_id = any($1) order by e.stream_id, e.version limit $2";

    /// <summary>Several short streams in one round trip; those that do not exist are left out.</summary>
    /// <exception cref="StreamTooLong">Together they have more than <see cref="ReadStreamVerb.EventsMax"/> events.</exception>
    public static async Task<List<StoredStream>> ReadStreams(this WorkspaceStore store, IReadOnlyList<string> streams, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new() { Value = streams.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Varchar }, new() { Value = ReadStreamVerb.EventsMax + 1 } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var events = await ReadStreamVerb.All(reader, stop).ConfigureAwait(false);
        if (events.Count > ReadStreamVerb.EventsMax) throw new StreamTooLong(streams[0], ReadStreamVerb.EventsMax);
        return [.. events.GroupBy(e => e.Stream, StringComparer.Ordinal).Select(s => new StoredStream(s.Key, s.Last().Version, [.. s]))];
    }
}
