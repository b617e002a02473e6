using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;

namespace EventMesh.Projections.Deliveries;

/// <summary>
/// Folds routings and outcomes into rows. A delivery is born on its event's stream; what it goes through comes on its own, and says whose it is,
/// so that a page without the birth still makes a whole row.
/// </summary>
internal sealed class DeliveriesFold : ProjectionFold
{
    private readonly Dictionary<(string Workspace, string Id), DeliveryRow> rows = [];
    private readonly List<(string Id, string Rule, string Connection)> planned = [];

    public override int Rows => rows.Count;

    public override void Clear() => rows.Clear();

    public override IEnumerable<NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax) =>
        rows.Values.Chunk(rowsMax).Select(some => UpsertDeliveries.Command(table, some, generation));

    public override async Task Copy(NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop)
    {
        foreach (var some in rows.Values.Where(r => r.Born).Chunk(rowsMax))
        {
            await CopyDeliveries.Run(connection, table, some, stop).ConfigureAwait(false);
            foreach (var row in some) rows.Remove((row.Workspace, row.Id));
        }
    }

    public override void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data)
    {
        if (type == "event_routed")
        {
            DeliveryEventJson.ReadRouted(data, planned, out var acceptedAt);
            foreach (var (id, rule, connection) in planned)
                rows.TryAdd((workspace, id), new(workspace, id, stream, acceptedAt, connection, rule, position, born: true));
            return;
        }

        var known = rows.TryGetValue((workspace, stream), out var row);
        var outcome = DeliveryEventJson.ReadOutcome(data, withTarget: !known);
        var (status, attempts, next) = type switch
        {
            "delivery_succeeded" => (DeliveryStatus.Delivered, Attempt(outcome), null),
            "delivery_attempt_failed" when outcome.RetryAt is { } retryAt => (DeliveryStatus.Retrying, Attempt(outcome), (DateTimeOffset?)retryAt),
            // Without a next attempt a dead letter follows in the same append; the number is all that this one says.
            "delivery_attempt_failed" => (DeliveryStatus.Scheduled, Attempt(outcome), null),
            "delivery_dead_lettered" => (DeliveryStatus.DeadLettered, 0, null),
            "delivery_discarded" => (DeliveryStatus.Discarded, 0, null),
            "delivery_retry_requested" => (DeliveryStatus.Scheduled, Attempt(outcome) - 1, null),
            _ => throw new InvalidOperationException($"'{type}' is not an event of a delivery."),
        };
        if (!known)
        {
            row = new(workspace, stream, outcome.Event ?? throw DeliveryEventJson.Missing("of.event"), outcome.AcceptedAt,
                outcome.Connection ?? throw DeliveryEventJson.Missing("of.connection"), outcome.Rule ?? throw DeliveryEventJson.Missing("of.rule"), position, born: false);
            rows.Add((workspace, stream), row);
        }
        row!.Status = status;
        row.Attempts = Math.Max(row.Attempts, attempts);
        row.NextAttemptAt = next;
        row.Last = position;
    }

    private static int Attempt(in DeliveryEventJson.Outcome outcome) => outcome.Attempt ?? throw DeliveryEventJson.Missing("attempt");
}
