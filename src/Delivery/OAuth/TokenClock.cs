using EventMesh.EventStore;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.OAuth;

/// <summary>
/// Renews tokens ahead of their end and gives back those that are used no more. Every node looks, and the database gives what is due to one of them; a connection costs nothing until it is due.
/// </summary>
public sealed partial class TokenClock(Store store, TokenTable table, TokenRenewal renewal, SuspensionHold suspension, GivingBack givingBack, TimeProvider clock, ILogger<TokenClock> log)
{
    private const int AtOnceMax = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    public async Task Run(CancellationToken stop)
    {
        using var places = new SemaphoreSlim(AtOnceMax);
        try
        {
            for (var swept = clock.GetTimestamp(); ;)
            {
                // As many as there are places for: what is claimed is begun, and a provider that hangs holds its own places and nobody else's.
                var free = places.CurrentCount;
                var due = free == 0 ? [] : await table.ClaimDue(clock.GetUtcNow(), free, TokenRenewal.ClaimLasts, stop).ConfigureAwait(false);
                foreach (var (workspace, connection, generation) in due)
                {
                    await places.WaitAsync(stop).ConfigureAwait(false);
                    _ = One(workspace, connection, generation, places, stop);
                }
                if (clock.GetElapsedTime(swept) >= SweepEvery)
                {
                    await using var sweep = store.Feed.CreateCommand("select eventmesh.sweep_oauth()");
                    await sweep.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
                    swept = clock.GetTimestamp();
                }
                if (free == 0 || due.Count < free) await Task.Delay(Tick, clock, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            // A provider that has answered is not left unheard: its answer may hold the only refresh token that is worth something.
            for (var place = 0; place < AtOnceMax; place++) await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task One(string workspace, string connection, long generation, SemaphoreSlim places, CancellationToken stop)
    {
        try
        {
            // Claimed a moment ago; somebody who authorized anew in between has made another generation.
            if (await table.Read(workspace, connection, stop).ConfigureAwait(false) is not { DueAt: not null } held || held.Generation != generation) return;
            if (held.Ended) await givingBack.Run(held, stop).ConfigureAwait(false);
            // A suspended workspace's stay as they are; the claim ends by itself, and then it is looked at again.
            else if (!suspension.Holds(workspace)) await renewal.Renew(held, stop).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            // It belongs to one connection. Its claim ends by itself, and it is due as before.
            Troubled(trouble, workspace, connection);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the claim ends by itself.
        }
        finally
        {
            places.Release();
        }
    }

    [LoggerMessage(EventName = "oauth.troubled", Level = LogLevel.Error, Message = "oauth.troubled {tenant_id} {connection}")]
    private partial void Troubled(Exception trouble, string tenant_id, string connection);
}
