using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Inbound;
using Npgsql;

namespace EventMesh.Api.Inbound;

/// <summary>
/// What became of the requests to each source. Counted in memory and added to the table once a second while there is something to add:
/// a flood of invalid requests costs the database and the log what a single one costs.
/// </summary>
public sealed partial class InboundCounters(Store store, TimeProvider clock, ILogger<InboundCounters> log)
{
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim something = new(0, 1);
    private Dictionary<(string Workspace, string Source, string Outcome), (long Count, DateTimeOffset LastAt)> counted = [];

    public const string Accepted = "accepted";
    public const string Duplicate = "duplicate";

    public static string NameOf(Refusal refusal) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString());

    public void Count(string workspace, string source, string outcome)
    {
        EdgeTelemetry.Inbound(outcome);
        lock (gate)
        {
            var (count, _) = counted.GetValueOrDefault((workspace, source, outcome));
            counted[(workspace, source, outcome)] = (count + 1, clock.GetUtcNow());
            if (something.CurrentCount == 0) something.Release();
        }
    }

    /// <summary>Adds to the table what was counted, until the process ends.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await something.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Apart, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Flush().ConfigureAwait(false);
        }
    }

    private async Task Flush()
    {
        Dictionary<(string Workspace, string Source, string Outcome), (long Count, DateTimeOffset LastAt)> taken;
        lock (gate) (taken, counted) = (counted, []);
        if (taken.Count == 0) return;
        try
        {
            await InboundCounts.Add(store, [.. taken.Select(c => new InboundCount(c.Key.Workspace, c.Key.Source, c.Key.Outcome, c.Value.Count, c.Value.LastAt))], CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            Restore(taken);
            throw;
        }
        foreach (var ((workspace, source, outcome), (count, _)) in taken)
            if (outcome is not (Accepted or Duplicate)) Refused(workspace, source, outcome, count);
    }

    private void Restore(Dictionary<(string Workspace, string Source, string Outcome), (long Count, DateTimeOffset LastAt)> taken)
    {
        lock (gate)
        {
            foreach (var (key, (count, lastAt)) in taken)
                counted[key] = counted.TryGetValue(key, out var since) ? (since.Count + count, since.LastAt) : (count, lastAt);
            if (something.CurrentCount == 0) something.Release();
        }
    }

    [LoggerMessage(EventName = "inbound.refused", Level = LogLevel.Warning, Message = "{TenantId} {Source} {Reason} {Count}")]
    private partial void Refused(string tenantId, string source, string reason, long count);
}
