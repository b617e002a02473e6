using System.Runtime.CompilerServices;
using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class ReadUpToVerb
{
    private const int PageEvents = 2_000;

    private static readonly ConditionalWeakTable<IReadOnlyCollection<string>, string> Of = [];

    private static string Sql(IReadOnlyCollection<string> types) => $"""
        select {Rows.Columns} from (
          select * from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and (m.xid, m.seq_id) <= ($3, $4) and {ReadFeedVerb.Literals(types)}
          order by m.xid, m.seq_id limit $5
        ) e order by e.xid, e.seq_id
        """;

    /// <summary>A workspace's events of some types after a position and up to another, in their order. Final only if the feed has passed <paramref name="upTo"/>.</summary>
    /// <param name="types">Stored names, at most 100 of them. They stand in the statement as they are, so that a partial index over them is used.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async IAsyncEnumerable<StoredEvent> ReadUpTo(
        this WorkspaceStore store, Position after, Position upTo, IReadOnlyCollection<string> types, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var sql = Of.GetValue(types, Sql);
        while (true)
        {
            var page = await Page(store, sql, after, upTo, stop).ConfigureAwait(false);
            foreach (var stored in page) yield return stored;
            if (page.Count < PageEvents) yield break;
            after = page[^1].Position;
        }
    }

    private static async Task<List<StoredEvent>> Page(WorkspaceStore store, string sql, Position after, Position upTo, CancellationToken stop)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var position in new[] { after, upTo })
        {
            statement.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
            statement.Parameters.Add(new() { Value = position.Sequence });
        }
        statement.Parameters.Add(new() { Value = PageEvents });
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        return await session.Read(reader => ReadStreamVerb.All(reader, stop), stop).ConfigureAwait(false);
    }
}
