using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Workspaces;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Rules;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using EventMesh.Projections.Usage;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Usage;

/// <summary>What a workspace used in a month beside what it may use, from a read model that follows the history within milliseconds.</summary>
public static class ReadUsage
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="Period">A calendar month, UTC.</param>
    /// <param name="Bytes">Of the events, as they were stored.</param>
    /// <param name="Attempts">Calls of targets.</param>
    /// <param name="Failures">How many of those failed.</param>
    /// <param name="Connections">That exist now.</param>
    /// <param name="Rules">That exist now.</param>
    /// <param name="Exceeded">The limits that were exceeded in the period.</param>
    /// <param name="Limits">Null when the workspace's plan is not known here.</param>
    public sealed record Response(
        string Workspace, string Period, string Plan, long Events, long Bytes, long Deliveries, long Attempts, long Failures, int Connections, int Rules,
        IReadOnlyList<string> Exceeded, LimitFields? Limits);

    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/usage", Handle)
        .Needs(Permission.ReadUsage).WithTags("Usage").WithName("getUsage").WithSummary("Read what a workspace used in a month, beside its limits")
        .WithQuery("period", JsonSchemaType.String, "A month such as 2026-11; the present one by default.")
        .WithQuery("min_position", JsonSchemaType.String, $"Waits until what is counted has come to this position, {Patience.TotalSeconds} s at most.");

    private static async Task<Response> Handle(Call call, Store store, HttpContext context)
    {
        var checks = new Checks();
        var period = UsagePeriod.Of(context, call, checks);
        var minPosition = default(Position);
        checks.That(context.Request.Query["min_position"].ToString() is not { Length: > 0 } text || Position.TryParse(text, out minPosition), "min_position", "is not a position that was given here");
        checks.Done();
        if (minPosition > Position.Start && !await ReadModel.WaitFor(store, UsageProjection.Name, minPosition, Patience, context.RequestAborted))
            throw Problem.PositionNotReached.At("min_position", "is not reached yet; try again");

        var workspace = call.Workspace;
        var used = await UsageQuery.Of(store.For(workspace.Id), period, context.RequestAborted);
        return new(
            workspace.Id, period, ((Domain.Workspaces.Workspace.Open)workspace.Workspace).Plan, used.Events, used.Bytes, used.Deliveries, used.Attempts, used.Failures,
            workspace.Connections.Values.Count(c => c is Connection.Enabled or Connection.Disabled), workspace.Rules.Values.Count(r => r is Rule.Enabled or Rule.Disabled),
            used.Exceeded, workspace.Limits is { } limits ? LimitFields.Of(limits) : null);
    }
}
