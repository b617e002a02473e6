using System.Globalization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Log;

namespace EventMesh.Api.Features.Log;

/// <summary>The checkpoints that were signed of a log, newest first.</summary>
public static class ListCheckpoints
{
    /// <param name="Size">How many leaves the log had.</param>
    /// <param name="Root">Of its tree, in base64.</param>
    /// <param name="Note">As it was signed, with the lines that witnesses added.</param>
    public sealed record CheckpointView(long Size, string Root, DateTimeOffset At, string Note);

    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder platform)
    {
        Map(workspace, Permission.ReadProof, "listCheckpoints", "List the checkpoints of the workspace's log, newest first");
        Map(platform, Permission.ReadPlatformHistory, "listPlatformCheckpoints", "List the checkpoints of the log of the platform's own history, newest first");
    }

    private static void Map(RouteGroupBuilder log, Permission permission, string name, string summary) =>
        log.MapGet("/checkpoints", Handle).Needs(permission).WithPages().WithName(name).WithSummary(summary);

    private static async Task<Listed<CheckpointView>> Handle(Page page, Call call, Store store, HttpContext context)
    {
        var below = page.After is null ? long.MaxValue
            : long.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Problem.InvalidRequest.At("cursor", "is not one that this list gave as next");
        var found = await ReadCheckpoints.Newest(LogQuery.Of(call, store), below, page.Limit + 1, context.RequestAborted);
        return page.Of([.. found.Select(c => new CheckpointView(c.Size, c.Root.ToBase64(), c.At, c.Note))], c => c.Size.ToString(CultureInfo.InvariantCulture));
    }
}
