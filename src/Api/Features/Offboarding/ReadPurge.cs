using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Purging;

namespace EventMesh.Api.Features.Offboarding;

/// <summary>How far a purge has come, and its receipt: for ever, and for the platform's admins alone, for the workspace has nobody any more.</summary>
public static class ReadPurge
{
    private const string Missing = "There never was a purge of this workspace.";

    /// <param name="Name">stop, tokens, shut, keys, queues, payloads, streams, rows or sweep.</param>
    /// <param name="State">done, running or waiting.</param>
    /// <param name="Counts">What it has destroyed, by table or kind.</param>
    public sealed record Step(string Name, string State, IReadOnlyDictionary<string, long> Counts, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

    /// <param name="Streams">delete or skeletons.</param>
    /// <param name="State">running or finished.</param>
    /// <param name="BackupsUnreadable">Whether what backups hold of it cannot be opened any more; null until it has finished.</param>
    public sealed record View(string Workspace, string State, string Streams, string? AskedBy, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, bool? BackupsUnreadable, IReadOnlyList<Step> Steps);

    /// <param name="Step">The step under way.</param>
    public sealed record Summary(string Workspace, string State, string Step, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder v1)
    {
        workspace.MapGet("/purge", One).Needs(Permission.ReadPlatformHistory, afterPurge: true).WithTags("Offboarding").WithName("getPurge").WithSummary("Watch the purge of a workspace, or see what it did").WithProblem(StatusCodes.Status403Forbidden);
        workspace.MapGet("/purge/receipt", Receipt).Needs(Permission.ReadPlatformHistory, afterPurge: true).WithTags("Offboarding").WithName("getPurgeReceipt").WithSummary("The signed receipt of a purge (C2SP signed note)")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/purges", List).Needs(Permission.ReadPlatformHistory).WithPages().WithTags("Offboarding").WithName("listPurges").WithSummary("List the purges that run and those that ran, by workspace").WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<View> One(string ws, Call call, Store store, HttpContext context)
    {
        var row = await Find(ws, call, store, context);
        var (told, _) = await store.For(Workspace.PlatformId).Fold<Purge, PurgeEvent>(Purge.StreamOf(ws), Purge.Initial, Purge.Evolve, context.RequestAborted);
        var (done, started) = told switch { Purge.Running r => (r.Done, r.Started), Purge.Finished f => (f.Done, f.Started), _ => ([], null) };
        var steps = PurgeDecider.Steps.Select((step, i) =>
        {
            var name = step.ToString().ToLowerInvariant();
            if (i < done.Count) return new Step(name, "done", done[i].Counts, done[i].StartedAt, done[i].At);
            return row.Step == name ? new Step(name, "running", row.Counts, row.StepStartedAt, null) : new Step(name, "waiting", new Dictionary<string, long>(), null, null);
        });
        return new(ws, StateOf(row), row.Streams, started?.AskedBy, row.StartedAt, row.FinishedAt, (told as Purge.Finished)?.Ended.BackupsUnreadable, [.. steps]);
    }

    private static async Task<IResult> Receipt(string ws, Call call, Store store, HttpContext context)
    {
        var row = await Find(ws, call, store, context);
        return row.Receipt is { } receipt ? Results.Text(receipt, "text/plain", System.Text.Encoding.UTF8) : throw Problem.Conflict.With("The purge has not finished: there is no receipt yet.");
    }

    private static async Task<Listed<Summary>> List(Page page, Store store, HttpContext context) =>
        page.Of([.. (await store.ListPurges(page.After, page.Limit + 1, context.RequestAborted)).Select(r => new Summary(r.Workspace, StateOf(r), r.Step, r.StartedAt, r.FinishedAt))], p => p.Workspace);

    private static async Task<PurgeRow> Find(string ws, Call call, Store store, HttpContext context)
    {
        call.Subject = ws;
        return Ids.IsWorkspace(ws) && await store.ReadPurge(ws, context.RequestAborted) is { } row ? row : throw ProblemAnswer.Missing(Missing);
    }

    private static string StateOf(PurgeRow row) => row.FinishedAt is null ? "running" : "finished";
}
