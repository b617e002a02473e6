using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Limits;
using EventMesh.Projections.Index;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Catalogue;

public static class ReadEventTypes
{
    public const string Missing = "There is no such event type.";

    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="SchemaVersion">The version that holds; null when the type asks nothing of its data.</param>
    public sealed record ListedType(string Name, string? Description, bool Archived, int? SchemaVersion, DateTimeOffset CreatedAt);

    public static void Map(RouteGroupBuilder types)
    {
        types.MapGet("", List).Needs(Permission.ReadEventTypes).WithPages().WithMoment()
            .WithQuery("archived", JsonSchemaType.Boolean, "true shows the archived types too.")
            .WithName("listEventTypes").WithSummary("List the event types by name, without schemas and examples");
        types.MapGet("/{name}", One).Needs(Permission.ReadEventTypes).WithMoment().WithName("getEventType").WithSummary("Read an event type with every version of its schema");
    }

    private static async Task<Listed<ListedType>> List(Page page, Call call, IndexFollower index, Moment moment, Plans plans, HttpContext context)
    {
        var archived = context.Request.Query["archived"].ToString() switch
        {
            "" or "false" => false,
            "true" => true,
            _ => throw Problem.InvalidRequest.At("archived", "must be true or false"),
        };
        var workspace = await moment.Workspace<EventTypeEvent>(plans, async () =>
        {
            // Another node may have been told of a type a moment ago.
            await index.Fresh(LookTimeout, context.RequestAborted);
            return index.Index.Find(call.Workspace.Id) ?? call.Workspace;
        }, context.RequestAborted);
        var found = workspace.Catalogue.Types
            .Where(t => (archived || !t.IsArchived) && string.CompareOrdinal(t.Name, page.After) > 0).OrderBy(t => t.Name, StringComparer.Ordinal).Take(page.Limit + 1)
            .Select(t => new ListedType(t.Name, t.Description, t.IsArchived, t.SchemaNumber == 0 ? null : t.SchemaNumber, t.CreatedAt));
        return page.Of([.. found], t => t.Name);
    }

    private static async Task<EventTypeView> One(string name, Call call, Moment moment, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        var (state, version) = await moment.Fold<EventType, EventTypeEvent>(stream, EventType.Initial, EventType.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return EventTypeView.Of(version, state) ?? throw ProblemAnswer.Missing(Missing);
    }
}
