using EventMesh.Api.Edge;
using EventMesh.Delivery.Log;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Log;

namespace EventMesh.Api.Features.Log;

/// <summary>Who outside gets the checkpoints of a workspace's log, and how far each has come.</summary>
public static class ReadWitnesses
{
    public static void Map(RouteGroupBuilder log) => log.MapGet("/witnesses", Handle)
        .Needs(Permission.ReadProof).WithName("getWitnesses").WithSummary("Read who outside gets the checkpoints of the workspace's log, and which they have");

    private static Task<WitnessesView> Handle(Call call, Store store, Witnesses witnesses, HttpContext context) =>
        WitnessesView.Of(LogQuery.Of(call, store), (call.Workspace.Workspace as Workspace.Open)?.Witnesses ?? [], witnesses.OfAll, context.RequestAborted);
}

/// <param name="Urls">The workspace's own.</param>
/// <param name="Size">Of the newest checkpoint; 0 while there is none.</param>
public sealed record WitnessesView(IReadOnlyList<string> Urls, long Size, IReadOnlyList<WitnessView> Witnesses)
{
    public static async Task<WitnessesView> Of(WorkspaceStore workspace, IReadOnlyList<string> own, IReadOnlyList<IWitness> ofAll, CancellationToken stop)
    {
        var newest = (await LogHead.Read(workspace, stop))?.Signed?.Size ?? 0;
        var known = await WitnessProgress.Of(workspace, stop);
        // Where the platform keeps its own is not the workspace's matter.
        return new(own, newest, [.. own.Select(url => View(url, url, false)), .. ofAll.Select(w => View(w.Address, null, true))]);

        WitnessView View(string address, string? url, bool platform)
        {
            var has = known.GetValueOrDefault(address);
            var kind = address.StartsWith("http", StringComparison.Ordinal) ? "https" : address[..address.IndexOf(':', StringComparison.Ordinal)];
            var failing = has?.Failures > 0;
            return new(url, kind, platform, has?.Pushed ?? 0, newest - (has?.Pushed ?? 0), has?.PushedAt, has?.Failures ?? 0, platform && failing ? "the platform's operator sees why" : has?.LastError, has?.FailedAt);
        }
    }
}

/// <param name="Url">Null for those of the platform, which get the checkpoints of every workspace.</param>
/// <param name="Kind"><c>https</c>, <c>file</c> or <c>s3</c>.</param>
/// <param name="PushedSize">Of the last checkpoint that it has; 0: none.</param>
/// <param name="Lag">How many leaves the newest checkpoint is ahead of that.</param>
/// <param name="Failures">In a row.</param>
/// <param name="LastError">Why it could not be given one the last time that it could not.</param>
public sealed record WitnessView(string? Url, string Kind, bool Platform, long PushedSize, long Lag, DateTimeOffset? PushedAt, int Failures, string? LastError, DateTimeOffset? FailedAt);
