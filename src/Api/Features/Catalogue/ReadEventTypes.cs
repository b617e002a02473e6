using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Catalogue;
using EventMesh.EventStore;
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
        types.MapGet("", List).Needs(Permission.ReadEventTypes).WithPages()
            .WithQuery("archived", JsonSchemaType.Boolean, "true shows the archived types too.")
            .WithName("listEventTypes").WithSummary("List the event types by name, without schemas and examples");
        types.MapGet("/{name}", One).Needs(Permission.ReadEventTypes).WithName("getEventType").WithSummary("Read an event type with every version of its schema");
    }

    private static async Task<Listed<ListedType>> List(Page page, Call call, IndexFollower index, HttpContext context)
    {
        var archived = context.Request.Query["archived"].ToString() switch
        {
            "" or "false" => false,
            "true" => true,
            _ => throw Problem.InvalidRequest.At("archived", "must be true or false"),
        };
        // Another node may have been told of a type a moment ago.
        await index.Fresh(LookTimeout, context.RequestAborted);
        var found = (index.Index.Find(call.Workspace.Id) ?? call.Workspace).Catalogue.Types
            .Where(t => (archived || !t.IsArchived) && string.CompareOrdinal(t.Name, page.After) > 0).OrderBy(t => t.Name, StringComparer.Ordinal).Take(page.Limit + 1)
            .Select(t => new ListedType(t.Name, t.Description, t.IsArchived, t.SchemaNumber == 0 ? null : t.SchemaNumber, t.CreatedAt));
        return page.Of([.. found], t => t.Name);
    }

    private static async Task<EventTypeView> One(string name, Call call, Store store, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        var (state, version) = await store.For(call.Workspace.Id).Fold<EventType, EventTypeEvent>(stream, EventType.Initial, EventType.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return EventTypeView.Of(version, state) ?? throw ProblemAnswer.Missing(Missing);
    }
}
