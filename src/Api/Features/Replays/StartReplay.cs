using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Replays;
using EventMesh.Domain;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Replays;

/// <summary>Starts a replay, or only counts what it would do.</summary>
public static class StartReplay
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="Found">Deliveries it would find.</param>
    /// <param name="By">The same by connection and status; the status of one that there is not is <c>missing</c>.</param>
    public sealed record Counted(ReplayKind Kind, bool DryRun, ReplayFilter Filter, long Found, IReadOnlyList<FoundCount> By);

    /// <summary>One at a time on this node: between counting a workspace's replays and storing one more there is no other.</summary>
    public sealed class Door() : SemaphoreSlim(1);

    public static void Map(RouteGroupBuilder replays) => replays.MapPost("", Handle)
        .Needs(Permission.RetryDeliveries).WithName("startReplay").WithSummary("Replay deliveries, or make those that are missing, by a filter; with dry_run only count them")
        .WithHeader("Idempotency-Key", "A repeated request with the same key gets the first one's replay.")
        .Produces<ReplayView>(StatusCodes.Status202Accepted).Produces<Counted>(StatusCodes.Status200OK)
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> Handle(Body<ReplayFields> body, Call call, Store store, IndexFollower index, DryRun dryRun, Door door, HttpContext context)
    {
        var asked = body.Value.Validated(call.Now);
        var key = IdempotencyKey.Of(context.Request);
        if (body.Value.DryRun == true)
        {
            var by = await Count(dryRun, call.Workspace.Id, asked, context.RequestAborted);
            return Results.Ok(new Counted(asked.Kind, true, asked.Filter, by.Sum(b => b.Count), by));
        }

        var id = key is null ? call.NewId("rpl_") : call.Subject = Ids.OfReplay(key);
        await door.WaitAsync(context.RequestAborted);
        try
        {
            await index.Fresh(LookTimeout, context.RequestAborted);
            var decided = await store.For(call.Workspace.Id).Decide<Replay, ReplayEvent>(
                id, "replay", Replay.Initial, Replay.Evolve, s => Decide(asked, s, index.Index.Replays.CountOf(call.Workspace.Id)), call.Metadata(id), null, context.RequestAborted);
            if (decided.Happened.Count == 0) RefuseAnother(asked, decided.State, untilGiven: body.Value.Filter?.Until is not null);
            await index.Reach(decided.Position, context.RequestAborted);
        }
        finally
        {
            door.Release();
        }
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/replays/{id}", await ReadReplays.Find(id, call.Workspace.Id, store, context));
    }

    private static ReplayEvent[] Decide(ReplayCommand.StartReplay asked, Replay state, int running)
    {
        var happened = ReplayDecider.Decide(asked, state);
        return happened.Length == 0 || running < ReplayLimits.RunningMax ? happened
            : throw Problem.Conflict.With($"{ReplayLimits.RunningMax} replays of this workspace run already; wait until one has ended, or cancel it.");
    }

    private static void RefuseAnother(ReplayCommand.StartReplay asked, Replay first, bool untilGiven)
    {
        var started = first switch
        {
            Replay.Running running => running.Asked,
            Replay.Cancelling cancelling => cancelling.Asked,
            Replay.Ended ended => ended.Asked,
            _ => throw new InvalidOperationException("A replay that was started is not there."),
        };
        // A request that leaves until out means another moment each time, and the same replay all the same.
        var filter = untilGiven ? asked.Filter : asked.Filter with { Until = started.Filter.Until };
        if (started.Kind != asked.Kind || started.RatePerSecond != asked.RatePerSecond || JsonSerializer.Serialize(started.Filter) != JsonSerializer.Serialize(filter))
            throw Problem.IdempotencyKeyReused.At("Idempotency-Key", "was used before, for a replay that differs from this one");
    }

    private static async Task<IReadOnlyList<FoundCount>> Count(DryRun dryRun, string workspace, ReplayCommand.StartReplay asked, CancellationToken stop)
    {
        try
        {
            return await dryRun.Count(workspace, asked.Kind, asked.Filter, stop);
        }
        catch (DryRun.TooFar)
        {
            throw Problem.PositionNotReached.With("What happened last has not been taken in yet; try again.");
        }
        catch (DryRun.TooMany)
        {
            throw Problem.InvalidRequest.At("filter", $"covers more than {ReplayLimits.DryRunEventsMax:0} published events; narrow its time or types, or start the replay and cancel it");
        }
    }
}
