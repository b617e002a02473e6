using EventMesh.EventStore.Appending;
using Npgsql;

namespace EventMesh.EventStore.Reading;

public static class ListStreamsVerb
{
    private const string Sql = $"""
        select {Rows.Columns} from (
          select id from public.mt_streams where id > $1 and id < $2 order by id limit $3
        ) s join public.mt_events e on e.stream_id = s.id and e.tenant_id = current_setting('app.tenant_id', true)
        order by e.stream_id, e.version
        """;

    /// <summary>
    /// The streams whose id begins with <paramref name="prefix"/>, by id, whole: always up to date, and meant for the few short streams of a workspace's configuration.
    /// </summary>
    /// <param name="after">The id to go on after; null for the first page.</param>
    public static async Task<List<StoredStream>> ListStreams(this WorkspaceStore store, string prefix, string? after, int limit, CancellationToken stop = default)
    {
        if (!Acceptable.IsText(prefix) || !Acceptable.IsText(after)) return [];
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new() { Value = after ?? prefix }, new() { Value = prefix + "\uffff" }, new() { Value = limit } },
        });
        var events = await session.Read(reader => ReadStreamVerb.All(reader, stop), stop).ConfigureAwait(false);
        return [.. events.GroupBy(e => e.Stream, StringComparer.Ordinal).Select(s => new StoredStream(s.Key, s.Last().Version, [.. s]))];
    }
}
