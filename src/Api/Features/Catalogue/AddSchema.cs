using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Catalogue;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>Gives a type another version of its schema, which holds from here on. The schema that holds already is not added again.</summary>
public static class AddSchema
{
    /// <param name="Schema">JSON Schema 2020-12.</param>
    public sealed record Request(JsonElement? Schema);

    public static void Map(RouteGroupBuilder types) => types.MapPost("/{name}/schemas", Handle)
        .Needs(Permission.WriteEventTypes).WithIfMatch().WithName("addSchema").WithSummary("Add a version of an event type's schema")
        .Produces<EventTypeView>(StatusCodes.Status201Created).Produces<EventTypeView>(StatusCodes.Status200OK)
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> Handle(string name, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        var checks = new Checks();
        if (body.Value.Schema is null) checks.Add("schema", "is required");
        var schema = body.Value.Schema is { } written ? EventTypeFields.SchemaIn(written, checks) : null;
        checks.Done();
        FittingExample.Room(call.Workspace, name, schema!.Json);
        var command = new EventTypeCommand.AddSchema(schema.Json, call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<EventType, EventTypeEvent>(
            stream, "event_type", EventType.Initial, EventType.Evolve, s => FittingExample.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        var view = EventTypeView.Of(decided.Version, decided.State);
        return decided.Happened.Count == 0 ? Results.Ok(view) : Results.Created($"/v1/workspaces/{call.Workspace.Id}/event-types/{name}", view);
    }
}
