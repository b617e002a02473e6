using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Health;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Delivery;

/// <summary>
/// Keeps the health of connections up to date, and disables those that have had nothing but failures for too long. Both by one runner: it decides on what it has just
/// taken in, so no success that was committed before is overlooked.
/// </summary>
/// <param name="after">How long nothing but failures is borne.</param>
public sealed partial class AutoDisable(Store store, TimeSpan after, TimeProvider clock, ILogger<AutoDisable> log)
{
    public static readonly TimeSpan AfterDefault = TimeSpan.FromDays(5);

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(10);

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, HealthFold.FeedName, stop).ConfigureAwait(false);
        var (done, saved, look) = (lease.Checkpoint, clock.GetTimestamp(), true);
        while (true)
        {
            try
            {
                (done, var any, var more) = await HealthFold.TakeIn(lease, done, stop).ConfigureAwait(false);
                look |= any;
                if (more) continue;
                // Without an outcome since the last look nothing has become overdue.
                if (look)
                    foreach (var overdue in await HealthFold.Overdue(lease, after, stop).ConfigureAwait(false)) await Disable(overdue.Workspace, overdue.Connection, overdue.FailingSince, stop).ConfigureAwait(false);
                look = false;
                // So that what was passed over need not be passed over again, and a lost lease is noticed.
                if (clock.GetElapsedTime(saved) >= SaveEvery)
                {
                    await lease.Save(done, stop).ConfigureAwait(false);
                    saved = clock.GetTimestamp();
                }
            }
            catch (NpgsqlException failure)
            {
                throw new StoreUnavailable(failure);
            }
            await Task.Delay(Apart, clock, stop).ConfigureAwait(false);
        }
    }

    private async Task Disable(string workspace, string connection, DateTimeOffset failingSince, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var decided = await store.For(workspace).Decide<Connection, ConnectionEvent>(
            connection, "connection", Connection.Initial, Connection.Evolve,
            state => state is Connection.Enabled ? ConnectionDecider.Decide(new ConnectionCommand.DisableConnection(DisabledBecause.Failing, now), state) : [],
            new EventMetadata(now, "eventmesh", connection), null, stop).ConfigureAwait(false);
        if (decided.Happened.Count > 0) Disabled(workspace, connection, failingSince);
    }

    [LoggerMessage(EventName = "connection.auto_disabled", Level = LogLevel.Warning, Message = "connection.auto_disabled {tenant_id} {connection} {failing_since}")]
    private partial void Disabled(string tenant_id, string connection, DateTimeOffset failing_since);
}
