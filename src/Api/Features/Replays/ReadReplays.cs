using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Replays;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Replays;

public static class ReadReplays
{
    public const string Missing = "There is no such replay.";

    private sealed record Found(string Id, long Version, Replay Replay);

    public static void Map(RouteGroupBuilder replays)
    {
        replays.MapGet("", List).Needs(Permission.ReadDeliveries).WithPages().WithName("listReplays").WithSummary("List the replays with their progress");
        replays.MapGet("/{id}", One).Needs(Permission.ReadDeliveries).WithName("getReplay").WithSummary("Read a replay and how far it has come");
    }

    private static async Task<Listed<ReplayView>> List(Page page, Call call, Store store, HttpContext context)
    {
        var found = page.Of(await Streams.List<Replay, ReplayEvent, Found>(
            store, call.Workspace.Id, "rpl_", page, Replay.Initial, Replay.Evolve, (id, version, replay) => new(id, version, replay), context.RequestAborted), r => r.Id);
        var progress = await ReplayProgress.Of(store.For(call.Workspace.Id), [.. found.Items.Where(f => f.Replay is not Replay.Ended).Select(f => f.Id)], context.RequestAborted);
        return new([.. found.Items.Select(f => ReplayView.Of(f.Id, f.Version, f.Replay, progress.GetValueOrDefault(f.Id))).OfType<ReplayView>()], found.Next);
    }

    private static Task<ReplayView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "rpl_", Missing);
        return Find(id, call.Workspace.Id, store, context);
    }

    /// <exception cref="ProblemException">404.</exception>
    public static async Task<ReplayView> Find(string id, string workspace, Store store, HttpContext context)
    {
        // The progress first: a replay that ends in between is read as ended, with all of its counts.
        var progress = await ReplayProgress.Of(store.For(workspace), [id], context.RequestAborted);
        var (replay, version) = await store.For(workspace).Fold<Replay, ReplayEvent>(id, Replay.Initial, Replay.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return ReplayView.Of(id, version, replay, progress.GetValueOrDefault(id)) ?? throw ProblemAnswer.Missing(Missing);
    }
}
