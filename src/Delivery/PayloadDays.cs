using EventMesh.EventStore;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>Makes the days that payloads are stored by, ahead of need, and lets those go that are over. Each node may do it; one at a time does.</summary>
public sealed partial class PayloadDays(string connectionString, IndexFollower follower, TimeProvider clock, ILogger<PayloadDays> log)
{
    // A day ends at midnight, and what was in use then is tried again.
    private static readonly TimeSpan Apart = TimeSpan.FromHours(1);

    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Apart, clock);
        do
        {
            await PayloadPartitions.Ensure(connectionString, stop).ConfigureAwait(false);
            await follower.CatchUp(stop).ConfigureAwait(false);
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var (dropped, busy) = await ExpiredPayloads.Drop(connectionString, today, w => follower.Index.Find(w)?.RetentionDays, clock, stop).ConfigureAwait(false);
            if (dropped.Count > 0) Dropped(dropped.Count, dropped[0], dropped[^1]);
            if (busy.Count > 0) Busy(busy.Count, busy[0]);
        }
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    [LoggerMessage(EventName = "retention.dropped", Level = LogLevel.Information, Message = "retention.dropped {count} {first} {last}")]
    private partial void Dropped(int count, string first, string last);

    [LoggerMessage(EventName = "retention.busy", Level = LogLevel.Warning, Message = "{Count} partitions of payloads that are over are in use, {First} the first; they are tried again in an hour")]
    private partial void Busy(int count, string first);
}
