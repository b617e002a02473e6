using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Messaging;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery;

/// <summary>An attempt and when it is due.</summary>
/// <param name="Held">It waits because its workspace is suspended.</param>
public sealed record RetryTimer(Dispatch Dispatch, DateTimeOffset DueAt, bool Held = false);

/// <summary>
/// The table of attempts that are due later. A timer is never cancelled: one whose delivery has moved on meanwhile is handed out all the same, and
/// the worker sees that its attempt is no longer awaited.
/// </summary>
public sealed class RetryTimers(Store store)
{
    private const string SetSql = """
        insert into eventmesh.retry_timers as t (tenant_id, delivery_id, attempt, due_at, event_id, accepted_at, connection_id, rule_id, position, traceparent, version, line, held)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (tenant_id, delivery_id) do update set attempt = excluded.attempt, due_at = excluded.due_at, position = excluded.position,
          traceparent = excluded.traceparent, version = excluded.version, line = excluded.line, held = excluded.held, claimed_by = null
        where excluded.attempt >= t.attempt
        """;

    private const string ClaimSql = """
        update eventmesh.retry_timers t set claimed_by = $1
        from (select tenant_id, delivery_id from eventmesh.retry_timers where due_at <= $2 and claimed_by is distinct from $1 order by due_at limit $3 for update) due
        where t.tenant_id = due.tenant_id and t.delivery_id = due.delivery_id
        returning t.tenant_id, t.delivery_id, t.event_id, t.accepted_at, t.connection_id, t.rule_id, t.attempt, t.position, t.traceparent, t.due_at, t.version, t.line
        """;

    // Only what this run of the clock still holds: a timer that was set again meanwhile is another one.
    private const string RemoveSql = """
        delete from eventmesh.retry_timers t using unnest($1, $2, $3) as done(tenant_id, delivery_id, attempt)
        where t.tenant_id = done.tenant_id and t.delivery_id = done.delivery_id and t.attempt = done.attempt and t.claimed_by = $4
        """;

    // A delivery that has a timer waits for it; what is due and has none was on a queue.
    private const string SetUnfinishedSql = """
        insert into eventmesh.retry_timers (tenant_id, delivery_id, attempt, due_at, event_id, accepted_at, connection_id, rule_id, position)
        select d.tenant_id, d.id, d.attempts + 1, now(), d.event_id, d.accepted_at, d.connection_id, d.rule_id, $2
        from eventmesh.deliveries d
        where d.tenant_id = $1 and (d.status = 'scheduled' or (d.status = 'retrying' and d.next_attempt_at <= now()))
          and d.generation = coalesce((select g.generation from eventmesh.read_model_generations g where g.model = 'deliveries' and g.tenant_id = $1), 0)
          -- One that stands in line is its line's matter, and so is one that is about to: it was routed into a line and its own stream has not begun.
          and not exists (select from eventmesh.order_lines o where o.tenant_id = d.tenant_id and o.delivery_id = d.id)
          and (exists (select from public.mt_streams m where m.tenant_id = d.tenant_id and m.id = d.id) or not exists (
            select from public.mt_events e cross join lateral jsonb_array_elements(e.data -> 'deliveries') planned
            where e.tenant_id = d.tenant_id and e.stream_id = d.event_id and e.type = 'event_routed' and planned ->> 'id' = d.id and planned ->> 'line' is not null))
        on conflict (tenant_id, delivery_id) do nothing
        """;

    private const string WakeLinesSql = "select eventmesh.wake_line($1, l.line, now()) from (select distinct o.line from eventmesh.order_lines o where o.tenant_id = $1) l";

    // Due at once, those first whose events were accepted first; an hour ago, so that none of them comes after what is due by itself meanwhile.
    private const string WakeHeldSql = """
        update eventmesh.retry_timers t set due_at = now() - interval '1 hour' + h.place * interval '1 microsecond', held = false, claimed_by = null
        from (select delivery_id, row_number() over (order by accepted_at, position, delivery_id) as place from eventmesh.retry_timers where tenant_id = $1 and held) h
        where t.tenant_id = $1 and t.delivery_id = h.delivery_id and t.held
        """;

    /// <summary>Has what was held be handed out now, and every line of the workspace looked at.</summary>
    public async Task Wake(string workspace, CancellationToken stop)
    {
        foreach (var sql in (string[])[WakeHeldSql, WakeLinesSql])
        {
            await using var command = store.Feed.CreateCommand(sql);
            command.Parameters.Add(new() { Value = workspace });
            await FeedTable.Run(command, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Sets a timer that is due for every delivery of a workspace that waits for an attempt now, and for every line.</summary>
    /// <returns>How many deliveries there were.</returns>
    public async Task<int> SetUnfinished(string workspace, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(SetUnfinishedSql);
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = Position.Start.ToString() });
        var alone = await FeedTable.Run(command, stop).ConfigureAwait(false);
        await using var wake = store.Feed.CreateCommand(WakeLinesSql);
        wake.Parameters.Add(new() { Value = workspace });
        await FeedTable.Run(wake, stop).ConfigureAwait(false);
        return alone;
    }

    /// <summary>Sets timers; one that a delivery has already is moved, unless it is for a later attempt. A delivery may stand in the list once.</summary>
    public async Task Set(IReadOnlyList<RetryTimer> timers, CancellationToken stop)
    {
        if (timers.Count == 0) return;
        // Every node takes rows in one order, so that two do not wait for each other crosswise.
        timers = [.. timers.OrderBy(t => t.Dispatch.Workspace, StringComparer.Ordinal).ThenBy(t => t.Dispatch.Delivery, StringComparer.Ordinal)];
        await using var command = store.Feed.CreateCommand(SetSql);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Workspace);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Delivery);
        Add(NpgsqlDbType.Integer, t => t.Dispatch.Attempt);
        Add(NpgsqlDbType.TimestampTz, t => t.DueAt.UtcDateTime);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Event);
        Add(NpgsqlDbType.TimestampTz, t => t.Dispatch.AcceptedAt.UtcDateTime);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Connection);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Rule);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Position);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.TraceParent);
        Add(NpgsqlDbType.Bigint, t => t.Dispatch.Version);
        Add(NpgsqlDbType.Varchar, t => t.Dispatch.Line);
        Add(NpgsqlDbType.Boolean, t => t.Held);
        await FeedTable.Run(command, stop).ConfigureAwait(false);

        void Add<T>(NpgsqlDbType type, Func<RetryTimer, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = timers.Select(value).ToArray() });
    }

    /// <summary>Due timers that <paramref name="run"/> does not hold yet; it holds them from now on. Asked through the clock's lease: without it there is no answer.</summary>
    public static async Task<List<RetryTimer>> Claim(FeedLease lease, Guid run, DateTimeOffset now, int limit, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(ClaimSql, lease.Connection);
        command.Parameters.Add(new() { Value = run });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = limit });
        try
        {
            var due = new List<RetryTimer>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) due.Add(Read(reader));
            // The rows come in any order.
            due.Sort((a, b) => a.DueAt.CompareTo(b.DueAt));
            return due;
        }
        catch (NpgsqlException failure) when (FeedTable.MayPass(failure))
        {
            throw new StoreUnavailable(failure);
        }
    }

    /// <summary>Forgets timers whose dispatches are safe.</summary>
    public async Task Remove(Guid run, IReadOnlyList<Dispatch> done, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(RemoveSql);
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = done.Select(d => d.Workspace).ToArray() });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = done.Select(d => d.Delivery).ToArray() });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = done.Select(d => d.Attempt).ToArray() });
        command.Parameters.Add(new() { Value = run });
        await FeedTable.Run(command, stop).ConfigureAwait(false);
    }

    private static RetryTimer Read(NpgsqlDataReader reader) => new(
        new Dispatch(
            Workspace: reader.GetString(0), Delivery: reader.GetString(1), Event: reader.GetString(2),
            AcceptedAt: new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero), Connection: reader.GetString(4), Rule: reader.GetString(5),
            Attempt: reader.GetInt32(6), Position: reader.GetString(7), TraceParent: reader.IsDBNull(8) ? null : reader.GetString(8),
            Version: reader.GetInt64(10), Line: reader.IsDBNull(11) ? null : reader.GetString(11)),
        new DateTimeOffset(reader.GetDateTime(9), TimeSpan.Zero));
}
