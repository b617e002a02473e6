using System.Collections.Concurrent;
using EventMesh.Connectors;
using EventMesh.Delivery.Credentials;
using EventMesh.Delivery.Ordering;
using EventMesh.Delivery.Sharing;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Takes dispatches, makes the attempts, and settles each only when its outcome is committed. An attempt that is no longer awaited (a repeat, a stale
/// timer) is settled without a try; an error that is not the target's is never settled but handed out again.
/// </summary>
public sealed partial class Worker(
    Store store, IDispatchQueues queues, IndexFollower follower, DeliveryAttempt attempt, Circuits circuits, SuspensionHold suspension, CredentialHold credentials, WorkerNodes nodes, TimeProvider clock, ILogger<Worker> log)
{
    private const int TakeMax = 64;
    private const int HandledAtOnceMax = 4;
    private const int RunningMax = 8_192;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LaneKept = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TroubleDelay = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), ConnectionLane> lanes = new();
    private readonly NodePlaces places = new(RunningMax);
    private readonly WorkspaceShares shares = new(nodes, follower, clock);
    private readonly RetryTimers timers = new(store);
    private readonly LineRun lines = new(store, follower, clock, log);
    private readonly RestoredHistory history = new(store);

    public async Task Run(CancellationToken stop)
    {
        var handling = new SemaphoreSlim(HandledAtOnceMax);
        await follower.CatchUp(stop).ConfigureAwait(false);
        await nodes.Ready.WaitAsync(stop).ConfigureAwait(false);
        await queues.Open(Workspaces, stop).ConfigureAwait(false);
        var sweeping = SweepLanes(stop);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                // They end with us; ending before is a fault, and the host starts all of us again.
                if (sweeping.IsCompleted) await sweeping.ConfigureAwait(false);
                await handling.WaitAsync(stop).ConfigureAwait(false);
                var taken = await queues.Take(TakeMax, stop).ConfigureAwait(false);
                _ = Handle(taken, stop).ContinueWith(_ => handling.Release(), TaskScheduler.Default);
            }
        }
        finally
        {
            // What is under way ends by itself: its outcome is committed and settled, or it is handed out again.
            await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Handle(IReadOnlyList<Received> taken, CancellationToken stop)
    {
        var aside = new List<(Received Received, DateTimeOffset ComeBackAt)>();
        taken = await Admit(await OfThisHistory(taken, stop).ConfigureAwait(false), aside, stop).ConfigureAwait(false);
        var loaded = taken.Count == 0 ? [] : await Load(taken, stop).ConfigureAwait(false);
        if (loaded is null) taken = [];
        for (var i = 0; i < taken.Count; i++)
        {
            var workspace = taken[i].Dispatch.Workspace;
            if (!await places.Take(workspace, stop).ConfigureAwait(false)) await HandBack(taken[i], stop).ConfigureAwait(false);
            else if (Enter(taken[i], loaded![i], stop) is { } comeBackAt)
            {
                places.Release(workspace);
                aside.Add((taken[i], comeBackAt));
            }
        }
        await SetAside(aside, stop).ConfigureAwait(false);
    }

    /// <summary>Those that a restore has not cut off; the others are settled, and nothing is written of them.</summary>
    private async Task<IReadOnlyList<Received>> OfThisHistory(IReadOnlyList<Received> taken, CancellationToken stop)
    {
        try
        {
            var known = new bool[taken.Count];
            for (var i = 0; i < known.Length; i++) known[i] = await history.Knows(taken[i].Dispatch, stop).ConfigureAwait(false);
            if (Array.TrueForAll(known, k => k)) return taken;
            foreach (var received in taken.Where((_, i) => !known[i]))
            {
                CutOff(received.Dispatch.Workspace, received.Dispatch.Delivery, received.Dispatch.Attempt);
                await received.Ack().ConfigureAwait(false);
            }
            return [.. taken.Where((_, i) => known[i])];
        }
        catch (StoreUnavailable trouble)
        {
            Troubled(trouble.Message, taken.Count);
            foreach (var received in taken) await Requeue(received).ConfigureAwait(false);
            return [];
        }
    }

    /// <summary>Those whose credentials and circuits let them go; the others are put <paramref name="aside"/>.</summary>
    private async Task<IReadOnlyList<Received>> Admit(IReadOnlyList<Received> taken, List<(Received Received, DateTimeOffset ComeBackAt)> aside, CancellationToken stop)
    {
        var admitted = new List<Received>(taken.Count);
        foreach (var received in taken)
        {
            if ((Held(received.Dispatch) ?? await circuits.Admit(received.Dispatch, stop).ConfigureAwait(false)) is { } comeBackAt) aside.Add((received, comeBackAt));
            else admitted.Add(received);
        }
        return admitted;
    }

    /// <summary>What the attempts need, in one round trip; null when it could not be read and the dispatches are on their way back.</summary>
    private async Task<Loaded[]?> Load(IReadOnlyList<Received> taken, CancellationToken stop)
    {
        try
        {
            // A connection configured on another node before this work arose is known here before the work is done.
            await follower.WaitFor(taken.Max(t => Position.Parse(t.Dispatch.Position)), stop).ConfigureAwait(false);
            return await store.LoadTogether([.. taken.Select(t => Load(t.Dispatch))], stop).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            Troubled(trouble.Message, taken.Count);
            foreach (var received in taken) await Requeue(received).ConfigureAwait(false);
            return null;
        }
    }

    private DateTimeOffset? Enter(Received received, Loaded loaded, CancellationToken stop)
    {
        var of = received.Dispatch;
        var lane = lanes.GetOrAdd((of.Workspace, of.Connection), _ => new ConnectionLane(clock));
        if (!circuits.IsProbe(of)) return lane.Enter(received, Run);
        // What waits in the lane waits for the probe's outcome.
        _ = Task.Run(() => Run(received), CancellationToken.None);
        return null;

        async Task Run(Received entered)
        {
            try
            {
                if (await shares.Enter(of).ConfigureAwait(false)) await InPlace(entered).ConfigureAwait(false);
                else await HandBack(entered, stop).ConfigureAwait(false);
            }
            finally
            {
                places.Release(of.Workspace);
            }
        }

        async Task InPlace(Received entered)
        {
            try
            {
                await Attempt(entered, loaded, lane, stop).ConfigureAwait(false);
            }
            finally
            {
                shares.Leave(of);
            }
        }
    }

    /// <summary>This node has no room for it now; another may.</summary>
    private async Task HandBack(Received received, CancellationToken stop)
    {
        await received.Requeue().ConfigureAwait(false);
        await circuits.Ended(received.Dispatch, null, stop).ConfigureAwait(false);
    }

    private async Task Attempt(Received received, Loaded loaded, ConnectionLane lane, CancellationToken stop)
    {
        if (!await IsCurrent(received, stop).ConfigureAwait(false)) return;
        if ((Held(received.Dispatch) ?? circuits.Holds(received.Dispatch)) is { } comeBackAt)
        {
            await SetAside([(received, comeBackAt)], stop).ConfigureAwait(false);
            await circuits.Ended(received.Dispatch, null, stop).ConfigureAwait(false);
            return;
        }
        Outcome? outcome = null;
        var told = false;
        try
        {
            if (received.Dispatch.Line is null) outcome = (await Make(received.Dispatch, loaded).ConfigureAwait(false)).Outcome;
            else await lines.Make(received.Dispatch, loaded, Holds, MakeInLine, stop).ConfigureAwait(false);
            await received.Ack().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not settled: it is handed out again, here after a restart or elsewhere.
        }
        catch (Exception trouble)
        {
            AttemptTroubled(trouble, received.Dispatch.Workspace, received.Dispatch.Delivery, received.Dispatch.Attempt);
            await Requeue(received).ConfigureAwait(false);
        }
        if (!told) await circuits.Ended(received.Dispatch, outcome, stop).ConfigureAwait(false);

        async Task<AttemptMade> Make(Dispatch dispatch, Loaded current)
        {
            var made = await attempt.Make(dispatch, current, stop).ConfigureAwait(false);
            lane.Ended(made.Outcome is Outcome.Failed { Kind: Failure.Timeout });
            return made;
        }

        // What was admitted is the dispatch; the first attempt of its line stands for it, be it a probe or not.
        DateTimeOffset? Holds(Dispatch dispatch) => Held(dispatch) ?? (told ? circuits.Holds(dispatch) : null);

        async Task<AttemptMade> MakeInLine(Dispatch dispatch, Loaded current)
        {
            var made = await Make(dispatch, current).ConfigureAwait(false);
            await circuits.Ended(told ? dispatch : received.Dispatch, made.Outcome, stop).ConfigureAwait(false);
            told = true;
            return made;
        }
    }

    private DateTimeOffset? Held(Dispatch of) => suspension.Holds(of) ?? credentials.Holds(of);

    /// <summary>Whether this node knows what its workspace is now: one that was suspended a second ago is sent nothing more, though the index may have fallen behind.</summary>
    private async ValueTask<bool> IsCurrent(Received received, CancellationToken stop)
    {
        try
        {
            await follower.EnsureCurrent(received.Dispatch.Workspace, stop).ConfigureAwait(false);
            return true;
        }
        catch (StoreUnavailable trouble)
        {
            Troubled(trouble.Message, 1);
            await Requeue(received).ConfigureAwait(false);
            await circuits.Ended(received.Dispatch, null, stop).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>All that were created before it was asked for them: whatever waits in a queue by then belongs to one of these.</summary>
    private async Task<IReadOnlyCollection<string>> Workspaces(CancellationToken stop)
    {
        await follower.CatchUp(stop).ConfigureAwait(false);
        return follower.Index.Workspaces;
    }

    private async Task SweepLanes(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            shares.Look();
            foreach (var (key, lane) in lanes)
            {
                var evicted = lane.Evict();
                if (evicted.Count > 0)
                {
                    places.Release(key.Workspace, evicted.Count);
                    await SetAside(evicted, stop).ConfigureAwait(false);
                }
                else if (lane.IdleSince is { } since && clock.GetElapsedTime(since) > LaneKept && lanes.TryRemove(key, out _)) circuits.Forget(key);
            }
        }
    }

    /// <summary>Durable first, then off the queue.</summary>
    private async Task SetAside(IReadOnlyList<(Received Received, DateTimeOffset ComeBackAt)> aside, CancellationToken stop)
    {
        if (aside.Count == 0) return;
        try
        {
            await timers.Set([.. aside.DistinctBy(a => (a.Received.Dispatch.Workspace, a.Received.Dispatch.Delivery)).Select(a => new RetryTimer(a.Received.Dispatch, a.ComeBackAt, suspension.Holds(a.Received.Dispatch.Workspace)))], stop).ConfigureAwait(false);
            Telemetry.SetAside.Add(aside.Count);
            foreach (var (received, _) in aside) await received.Ack().ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            Troubled(trouble.Message, aside.Count);
            foreach (var (received, _) in aside) await Requeue(received).ConfigureAwait(false);
        }
    }

    private static ValueTask Requeue(Received received) => received.Requeue(TroubleDelay);

    private static Load Load(Dispatch of) => new(of.Workspace, of.Delivery, of.Event, DateOnly.FromDateTime(of.AcceptedAt.UtcDateTime));

    [LoggerMessage(EventName = "delivery.cut_off", Level = LogLevel.Warning, Message = "delivery.cut_off {tenant_id} {delivery_id} {attempt}: the broker has it, and the restored history does not")]
    private partial void CutOff(string tenant_id, string delivery_id, int attempt);

    [LoggerMessage(EventName = "worker.troubled", Level = LogLevel.Warning, Message = "{Reason} {Count} dispatches are handed out again")]
    private partial void Troubled(string reason, int count);

    [LoggerMessage(EventName = "delivery.troubled", Level = LogLevel.Error, Message = "Attempt {Attempt} of {DeliveryId} in {TenantId} could not be made or recorded; it is handed out again")]
    private partial void AttemptTroubled(Exception trouble, string tenantId, string deliveryId, int attempt);
}
