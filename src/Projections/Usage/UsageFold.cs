using System.Globalization;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;

namespace EventMesh.Projections.Usage;

/// <summary>
/// Counts what happened in each month of each workspace. Counts are added to what a row has, so each is kept with its position until it is written: a row adds
/// what lies behind its own last position and nothing else, wherever the page began. Only a rebuild gathers more than <see cref="EntriesMax"/>; what it
/// writes to has never taken in any of it, so there the sum will do.
/// </summary>
internal sealed class UsageFold : ProjectionFold
{
    /// <summary>More than the events of any page that a runner reads.</summary>
    private const int EntriesMax = 16_384;

    private readonly Dictionary<(string Workspace, string Period), List<UsageEntry>> rows = [];
    private readonly HashSet<(string Workspace, string Period)> copied = [];
    private int entries;

    public override int Rows => rows.Count;

    public override void Clear()
    {
        rows.Clear();
        entries = 0;
    }

    public override void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data)
    {
        var what = UsageEventJson.Read(data);
        UsageEntry? counted = type switch
        {
            // What the platform says of itself is no use that the workspace makes of it.
            _ when what.IsOurs => null,
            "event_published" => new(position, 1, what.Size ?? throw UsageEventJson.Missing("size"), 0, 0, 0, []),
            "event_routed" => new(position, 0, 0, what.Deliveries, 0, 0, []),
            "delivery_succeeded" => new(position, 0, 0, 0, 1, 0, []),
            "delivery_attempt_failed" => new(position, 0, 0, 0, 1, 1, []),
            "limit_exceeded" => new(position, 0, 0, 0, 0, 0, [what.Limit ?? throw UsageEventJson.Missing("limit")]),
            _ => throw new InvalidOperationException($"'{type}' is not an event that is counted."),
        };
        if (counted is not { } entry) return;
        var key = (workspace, what.At.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = []);
        row.Add(entry);
        if (++entries > EntriesMax) SumUp();
    }

    public override IEnumerable<NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax) =>
        rows.Chunk(rowsMax).SelectMany(some => UpsertUsage.Commands(table, some, generation));

    public override async Task Copy(NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop)
    {
        foreach (var some in rows.Where(r => !copied.Contains(r.Key)).Chunk(rowsMax))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var command in UpsertUsage.Commands(table, some, 0)) batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
            foreach (var (key, _) in some)
            {
                copied.Add(key);
                rows.Remove(key);
            }
        }
        entries = rows.Values.Sum(r => r.Count);
    }

    private void SumUp()
    {
        foreach (var row in rows.Values)
        {
            var sum = row.Aggregate((left, right) => left + right);
            row.Clear();
            row.Add(sum);
        }
        entries = rows.Count;
    }
}
