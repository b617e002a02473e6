using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Reveals;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.RawData;

/// <summary>Who was shown raw data, when and why.</summary>
public static class ReadReveals
{
    private const string Missing = "There is no such reveal.";

    /// <param name="Of">The event or delivery.</param>
    /// <param name="Attempt">Which attempt's bodies; null for an event's body.</param>
    /// <param name="By">Who was shown it, by id.</param>
    /// <param name="Elevation">Under which they acted; null for the workspace's own.</param>
    public sealed record Item(string Id, string Of, int? Attempt, string? By, string? Elevation, string Reason, DateTimeOffset At);

    public static void Map(RouteGroupBuilder workspace)
    {
        var reveals = workspace.MapGroup("/reveals").WithTags("Raw data");
        reveals.MapGet("", List).Needs(Permission.ReadHistory).WithPages().WithName("listReveals").WithSummary("List who was shown raw data and why, oldest first")
            .WithProblem(StatusCodes.Status403Forbidden);
        reveals.MapGet("/{id}", One).Needs(Permission.ReadHistory).WithName("getReveal").WithSummary("Read who was shown raw data and why").WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Listed<Item>> List(Page page, Call call, Store store, HttpContext context)
    {
        var workspace = store.For(call.Workspace.Id);
        var items = new List<Item>();
        foreach (var stream in await workspace.ListStreams("rev_", page.After, page.Limit + 1, context.RequestAborted)) items.Add(await View(workspace, store, stream, context.RequestAborted));
        return page.Of(items, i => i.Id);
    }

    private static async Task<Item> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "rev_", Missing);
        var workspace = store.For(call.Workspace.Id);
        var stream = await workspace.ReadStream(id, context.RequestAborted);
        return stream.Version == 0 ? throw ProblemAnswer.Missing(Missing) : await View(workspace, store, stream, context.RequestAborted);
    }

    private static async Task<Item> View(WorkspaceStore workspace, Store store, StoredStream stream, CancellationToken stop)
    {
        var how = (RevealEvent.RawDataRevealed)store.Types.Read(stream.Events[0]);
        return new(stream.Id, how.Of, how.Attempt, stream.Events[0].Actor, stream.Events[0].Elevation, await KeptText.Read(workspace, Reveal.ReasonOf(stream.Id), how.Reason, stop), how.At);
    }
}
