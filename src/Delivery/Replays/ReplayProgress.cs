using System.Text.Json;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Replays;

/// <summary>How far a replay has come.</summary>
/// <param name="Pinned">What is replayed is as it stood here.</param>
/// <param name="Cursor">Behind what has been read; null at the beginning.</param>
/// <param name="InHand">What has been read and may be done or not.</param>
public sealed record ReplayProgress(
    Position Pinned, long Found, string? Cursor, IReadOnlyList<string> InHand, long Done, IReadOnlyDictionary<SkippedBecause, long> Skipped, DateTimeOffset UpdatedAt)
{
    /// <summary>The cursor when everything has been read.</summary>
    internal const string End = "end";

    private const string Columns = "r.pinned_xid, r.pinned_seq, r.found, r.cursor, r.in_hand, r.done, r.skipped, r.updated_at, r.id";

    private const string SaveSql = """
        insert into eventmesh.replays as r (tenant_id, id, pinned_xid, pinned_seq, found, cursor, in_hand, done, skipped, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (tenant_id, id) do update set cursor = excluded.cursor, in_hand = excluded.in_hand, done = excluded.done, skipped = excluded.skipped, updated_at = excluded.updated_at
        """;

    public long Left => Found - Done - Skipped.Values.Sum();

    /// <summary>Counts what became of deliveries: null for done, or why one was skipped.</summary>
    internal ReplayProgress With(IReadOnlyList<SkippedBecause?> became)
    {
        var skipped = new Dictionary<SkippedBecause, long>(Skipped);
        foreach (var because in became.OfType<SkippedBecause>()) skipped[because] = skipped.GetValueOrDefault(because) + 1;
        return this with { Done = Done + became.Count(b => b is null), Skipped = skipped, InHand = [] };
    }

    internal ReplayProgress WithChanged(long count) => count == 0 ? this
        : this with { Skipped = new Dictionary<SkippedBecause, long>(Skipped) { [SkippedBecause.Changed] = Skipped.GetValueOrDefault(SkippedBecause.Changed) + count } };

    internal ReplayCounts Counts() => new(Found, Done, [.. Skipped.OrderBy(s => s.Key).Select(s => new SkippedCount(s.Key, s.Value))]);

    /// <summary>Null when it has not begun.</summary>
    /// <exception cref="StoreUnavailable">The lease is lost.</exception>
    internal static Task<ReplayProgress?> Of(LeaseSession lease, RunningReplay replay, CancellationToken stop) => lease.Ask(
        $"select {Columns} from eventmesh.replays r where r.tenant_id = $1 and r.id = $2", [new() { Value = replay.Workspace }, new() { Value = replay.Id }],
        async command =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            return await reader.ReadAsync(stop).ConfigureAwait(false) ? Read(reader) : null;
        }, stop);

    /// <exception cref="StoreUnavailable">The lease is lost.</exception>
    internal Task Save(LeaseSession lease, RunningReplay replay, CancellationToken stop) => lease.Ask(SaveSql,
        [
            new() { Value = replay.Workspace }, new() { Value = replay.Id }, new() { Value = Pinned.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = Pinned.Sequence },
            new() { Value = Found }, new() { Value = (object?)Cursor ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
            new() { Value = InHand.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar }, new() { Value = Done },
            new() { Value = JsonSerializer.Serialize(Skipped, EventTypes.Json), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = UpdatedAt.UtcDateTime },
        ],
        command => command.ExecuteNonQueryAsync(stop), stop);

    /// <summary>The progress of some of a workspace's replays, by id; of those that have not begun there is none.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, ReplayProgress>> Of(WorkspaceStore store, IReadOnlyList<string> replays, CancellationToken stop)
    {
        var found = new Dictionary<string, ReplayProgress>(StringComparer.Ordinal);
        if (replays.Count == 0) return found;
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand($"select {Columns} from eventmesh.replays r where r.id = any($1)")
        {
            Parameters = { new() { Value = replays.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) found[reader.GetString(8)] = Read(reader);
        return found;
    }

    private static ReplayProgress Read(NpgsqlDataReader reader) => new(
        new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetFieldValue<string[]>(4),
        reader.GetInt64(5), JsonSerializer.Deserialize<Dictionary<SkippedBecause, long>>(reader.GetString(6), EventTypes.Json)!, new(reader.GetDateTime(7), TimeSpan.Zero));
}
