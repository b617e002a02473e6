using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Log;

/// <summary>The hashes of leaves, for whoever keeps a tree of their own.</summary>
public static class ReadLeaves
{
    public const int LimitMax = 10_000;
    private const int LimitDefault = 1_000;

    /// <param name="From">The index of the first.</param>
    /// <param name="Size">How many leaves the log has now.</param>
    /// <param name="Leaves">In base64; fewer than asked for where the log ends.</param>
    public sealed record LeavesView(long From, long Size, IReadOnlyList<string> Leaves);

    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder platform)
    {
        Map(workspace, Permission.ReadProof, "readLeaves", "Read the leaf hashes of the workspace's log");
        Map(platform, Permission.ReadPlatformHistory, "readPlatformLeaves", "Read the leaf hashes of the log of the platform's own history");
    }

    private static void Map(RouteGroupBuilder log, Permission permission, string name, string summary) => log.MapGet("/leaves", Handle)
        .Needs(permission).WithName(name).WithSummary(summary)
        .WithQuery("from", JsonSchemaType.Integer, "The index of the first, from 0.")
        .WithQuery("limit", JsonSchemaType.Integer, $"Hashes at most: 1 to {LimitMax}, {LimitDefault} by default.");

    private static async Task<LeavesView> Handle(Call call, Store store, HttpContext context)
    {
        var (workspace, stop) = (LogQuery.Of(call, store), context.RequestAborted);
        var from = LogQuery.Number(context, "from", 0) ?? 0;
        var limit = Query.Integer(context.Request.Query, "limit", LimitDefault, 1, LimitMax);
        var size = (await LogHead.Read(workspace, stop))?.State.Size ?? throw LogQuery.NotYet("The first event");
        var count = (int)Math.Clamp(size - from, 0, limit);
        var leaves = await LogTree.Compute(workspace, of => Enumerable.Range(0, count).Select(i => of(0, from + i)).ToArray(), stop);
        return new(from, size, [.. leaves.Select(l => l.ToBase64())]);
    }
}
