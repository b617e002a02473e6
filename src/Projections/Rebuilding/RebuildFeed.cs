using System.Runtime.CompilerServices;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>An event as a fold needs it: nobody's context, nobody's time.</summary>
internal readonly record struct RebuildEvent(Position Position, string Workspace, string Stream, string Type, byte[] Data);

/// <param name="UpTo">Everything up to here has been read.</param>
/// <param name="Full">Whether there was more than fitted.</param>
internal sealed record RebuildPage(List<RebuildEvent> Events, Position UpTo, bool Full);

/// <summary>The events of one projection, of all workspaces or one, in the order and under the horizon of the feed, with as few columns as will do.</summary>
internal sealed class RebuildFeed(Store store, Projection projection, string? workspace, int pageEvents)
{
    private readonly string sql = $"""
        with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
        select h.xmin, e.xid, e.seq_id, e.tenant_id, e.stream_id, e.type, {(projection.PositionsOnly ? "'{}'::jsonb" : "e.data")} from horizon h left join lateral (
          select * from public.mt_events m
          where (m.xid, m.seq_id) > ($1, $2) and m.xid < h.xmin and ($3 is null or m.type = any($3)){(workspace is null ? "" : " and m.tenant_id = $5")}
          order by m.xid, m.seq_id limit $4
        ) e on true order by e.xid, e.seq_id
        """;

    // Few different names come again and again: each is kept once.
    private readonly Dictionary<string, string> names = [];

    /// <summary>Pages from <paramref name="after"/> to the end of the feed, the next being read while one is folded.</summary>
    public async IAsyncEnumerable<RebuildPage> ReadAhead(Position after, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var connection = await store.Feed.OpenConnectionAsync(stop).ConfigureAwait(false);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var next = Task.Run(() => Read(connection, after, left.Token), left.Token);
        try
        {
            for (var more = true; more;)
            {
                var page = await next.ConfigureAwait(false);
                more = page.Full;
                if (more) next = Task.Run(() => Read(connection, page.UpTo, left.Token), left.Token);
                yield return page;
            }
        }
        finally
        {
            // Whoever stops in the middle leaves a page under way; the connection is free when it has ended, however it ended. What a statement that was broken off leaves
            // on it would be taken for the answer to the next: nobody gets this connection again.
            await left.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!next.IsCompletedSuccessfully) store.Feed.Clear();
        }
    }

    /// <summary>One page on a session of the caller's.</summary>
    public async Task<RebuildPage> Read(NpgsqlConnection connection, Position after, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = (object?)projection.EventTypes?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = pageEvents });
        if (workspace is not null) command.Parameters.Add(new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar });

        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var events = new List<RebuildEvent>(pageEvents);
        var xmin = 0UL;
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            xmin = reader.GetFieldValue<ulong>(0);
            if (reader.IsDBNull(1)) break;
            events.Add(new(new(reader.GetFieldValue<ulong>(1), reader.GetInt64(2)), Once(reader.GetString(3)), reader.GetString(4), Once(reader.GetString(5)), reader.GetFieldValue<byte[]>(6)));
        }
        var full = events.Count == pageEvents;
        var horizon = new Position(xmin - 1, Position.SequenceMax);
        return new(events, full ? events[^1].Position : horizon > after ? horizon : after, full);
    }

    private string Once(string name) => names.TryGetValue(name, out var known) ? known : names[name] = name;
}
