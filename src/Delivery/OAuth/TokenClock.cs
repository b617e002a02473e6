using EventMesh.EventStore;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.OAuth;

/// <summary>
/// Renews tokens ahead of their end and gives back those that are used no more. Every node looks, and the database gives what is due to one of them; a connection costs nothing until it is due.
/// </summary>
public sealed partial class TokenClock(Store store, TokenTable table, TokenRenewal renewal, GivingBack givingBack, TimeProvider clock, ILogger<TokenClock> log)
{
    private const int AtOnceMax = 16;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    public async Task Run(CancellationToken stop)
    {
        var swept = clock.GetTimestamp();
        while (true)
        {
            var due = await table.ClaimDue(clock.GetUtcNow(), AtOnceMax, TokenRenewal.ClaimLasts, stop).ConfigureAwait(false);
            await Task.WhenAll(due.Select(d => One(d.Workspace, d.Connection, d.Generation, stop))).ConfigureAwait(false);
            if (clock.GetElapsedTime(swept) >= SweepEvery)
            {
                await using var sweep = store.Feed.CreateCommand("select eventmesh.sweep_oauth()");
                await sweep.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
                swept = clock.GetTimestamp();
            }
            if (due.Count < AtOnceMax) await Task.Delay(Tick, clock, stop).ConfigureAwait(false);
        }
    }

    private async Task One(string workspace, string connection, long generation, CancellationToken stop)
    {
        try
        {
            // Claimed a moment ago; somebody who authorized anew in between has made another generation.
            if (await table.Read(workspace, connection, stop).ConfigureAwait(false) is not { DueAt: not null } held || held.Generation != generation) return;
            if (held.Ended) await givingBack.Run(held, stop).ConfigureAwait(false);
            else await renewal.Renew(held, stop).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            // It belongs to one connection. Its claim ends by itself, and it is due as before.
            Troubled(trouble, workspace, connection);
        }
    }

    [LoggerMessage(EventName = "oauth.troubled", Level = LogLevel.Error, Message = "oauth.troubled {tenant_id} {connection}")]
    private partial void Troubled(Exception trouble, string tenant_id, string connection);
}
