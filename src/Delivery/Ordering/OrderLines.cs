using EventMesh.EventStore;
using EventMesh.Messaging;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Ordering;

/// <summary>A delivery that goes to the end of the line its dispatch names.</summary>
public readonly record struct LinedUp(Dispatch Dispatch, string Key);

/// <summary>One of the first of a line.</summary>
/// <param name="Version">Of the delivery's stream, seen while the line was held; 0 before its first outcome.</param>
public sealed record LineHead(string Delivery, string Event, DateTimeOffset AcceptedAt, string Connection, string Rule, string Position, string? TraceParent, long Version);

/// <summary>The table of lines. Every verb is one statement and one short transaction that holds the lines' locks.</summary>
public sealed class OrderLines(Store store)
{
    /// <summary>
    /// How long a run holds a line without renewing it: an attempt's timeout and 20 s for what is around it. It is also how long a line waits after the node
    /// that ran it was killed.
    /// </summary>
    public const int HeldSeconds = 35;

    // Of those, what an attempt may begin within: it has ended before the hold has.
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    /// <summary>How many of a line a run looks at together: the head and what follows it.</summary>
    public const int FrontMax = 16;

    // A lock a line and transaction: PostgreSQL has room for some thousands.
    private const int JoinMax = 500;

    private const string JoinSql = "select * from eventmesh.join_lines($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const string TakeSql = "select * from eventmesh.take_line($1, $2, $3, $4, $5)";
    private const string AdvanceSql = "select * from eventmesh.advance_line($1, $2, $3, $4, $5, $6, $7)";
    private const string ReleaseSql = "select eventmesh.release_line($1, $2, $3, $4, $5)";

    /// <summary>Puts deliveries at the ends of their lines, in this order; one that stands there already keeps its place.</summary>
    /// <returns>The dispatches of those that are the first of their lines, new or not.</returns>
    public async Task<IReadOnlyList<Dispatch>> Join(IReadOnlyList<LinedUp> deliveries, CancellationToken stop)
    {
        var heads = new List<Dispatch>();
        foreach (var some in deliveries.Chunk(JoinMax)) heads.AddRange(await JoinSome(some, stop).ConfigureAwait(false));
        return heads;
    }

    private async Task<List<Dispatch>> JoinSome(LinedUp[] deliveries, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(JoinSql);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Workspace);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Line);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Delivery);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Event);
        Add(NpgsqlDbType.TimestampTz, d => d.Dispatch.AcceptedAt.UtcDateTime);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Connection);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Rule);
        Add(NpgsqlDbType.Varchar, d => d.Key);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.Position);
        Add(NpgsqlDbType.Varchar, d => d.Dispatch.TraceParent);
        return await FeedTable.Read(command, reader => deliveries[reader.GetInt32(0) - 1].Dispatch, stop).ConfigureAwait(false);

        void Add<T>(NpgsqlDbType type, Func<LinedUp, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = deliveries.Select(value).ToArray() });
    }

    /// <summary>Takes a line, or renews the hold on it.</summary>
    /// <returns>Its front; empty when it is, or when another holds it. Then it is run again when that hold ends.</returns>
    public Task<List<LineHead>> Take(string workspace, string line, Guid owner, CancellationToken stop) => Front(TakeSql, stop, workspace, line, owner, HeldSeconds, FrontMax);

    /// <summary>Takes deliveries that are over out of their line.</summary>
    /// <param name="handOver">Lets the line go; whoever comes to it runs it on, at once.</param>
    /// <returns>Its front, held; empty when there is none, or none for this owner.</returns>
    public Task<List<LineHead>> Advance(string workspace, string line, Guid owner, IReadOnlyList<string> over, bool handOver, CancellationToken stop) =>
        Front(AdvanceSql, stop, workspace, line, owner, over.ToArray(), HeldSeconds, handOver, FrontMax);

    /// <summary>Takes deliveries that are over out of their line, and lets it go, for it waits.</summary>
    /// <param name="wakeAt">When to run it again, unless something else does before.</param>
    public async Task Release(string workspace, string line, Guid owner, IReadOnlyList<string> over, DateTimeOffset? wakeAt, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(ReleaseSql);
        Bind(command, workspace, line, owner, over.ToArray());
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = wakeAt is { } at ? at.UtcDateTime : DBNull.Value });
        await FeedTable.Run(command, stop).ConfigureAwait(false);
    }

    private async Task<List<LineHead>> Front(string sql, CancellationToken stop, params object[] values)
    {
        await using var command = store.Feed.CreateCommand(sql);
        Bind(command, values);
        return await FeedTable.Read(command, r => new LineHead(
            r.GetString(0), r.GetString(1), new DateTimeOffset(r.GetDateTime(2), TimeSpan.Zero), r.GetString(3), r.GetString(4), r.GetString(5),
            r.IsDBNull(6) ? null : r.GetString(6), r.GetInt64(7)), stop).ConfigureAwait(false);
    }

    private static void Bind(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
            command.Parameters.Add(value is string[] ? new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = value } : new() { Value = value });
    }
}
