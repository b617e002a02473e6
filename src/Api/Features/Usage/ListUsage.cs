using System.Globalization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using EventMesh.Projections.Usage;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Usage;

/// <summary>What every workspace used in a month, for the platform's admin: the noisiest or the quietest first.</summary>
public static class ListUsage
{
    /// <param name="EventsPerMonth">What its plan allows; null when the plan is not known here.</param>
    public sealed record Item(
        string Workspace, string Period, string Plan, long Events, long Bytes, long Deliveries, long Attempts, long Failures, IReadOnlyList<string> Exceeded, long? EventsPerMonth);

    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/usage", Handle)
        .Needs(Permission.ReadUsage).WithPages().WithTags("Usage").WithName("listUsage").WithSummary("List what every workspace used in a month")
        .WithQuery("order", JsonSchemaType.String, "By published events: noisiest (default) or quietest first.")
        .WithQuery("period", JsonSchemaType.String, "A month such as 2026-11; the present one by default.")
        .WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<Listed<Item>> Handle(Page page, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var checks = new Checks();
        var period = UsagePeriod.Of(context, call, checks);
        var order = context.Request.Query["order"].ToString();
        checks.That(order is "" or "noisiest" or "quietest", "order", "must be noisiest or quietest");
        (long, string)? after = null;
        if (page.After is { } cursor) checks.That((after = Parse(cursor)) is not null, "cursor", "is not one that this list gave as next");
        checks.Done();

        var found = await UsageQuery.All(store, index.Index.Workspaces, period, order is not "quietest", after, page.Limit + 1, context.RequestAborted);
        return page.Of([.. found.Select(u => ItemOf(u, period, index.Index.Find(u.Workspace)))], i => string.Create(CultureInfo.InvariantCulture, $"{i.Events} {i.Workspace}"));
    }

    private static Item ItemOf(UsageView used, string period, ConfiguredWorkspace? workspace) => new(
        used.Workspace, period, workspace?.Workspace is Domain.Workspaces.Workspace.Open open ? open.Plan : "", used.Events, used.Bytes, used.Deliveries, used.Attempts, used.Failures,
        used.Exceeded, workspace?.Limits?.EventsPerMonth);

    private static (long Events, string Workspace)? Parse(string cursor) =>
        cursor.Split(' ') is [var events, var workspace] && long.TryParse(events, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Domain.Ids.IsWorkspace(workspace)
            ? (number, workspace) : null;
}
