using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Catalogue;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Catalogue;

public static class CreateEventType
{
    /// <param name="Name">The type that events of this kind carry.</param>
    /// <param name="Schema">JSON Schema 2020-12, its first version.</param>
    public sealed record Request(string? Name, string? Description, JsonElement? Example, JsonElement? Schema);

    public static void Map(RouteGroupBuilder types) => types.MapPost("", Handle)
        .Needs(Permission.WriteEventTypes).WithName("createEventType").WithSummary("Describe a type of events; with a schema, events that do not fit are refused from here on")
        .Produces<EventTypeView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var command = Validated(body.Value, call);
        FittingExample.Room(call.Workspace, command.Name, command.Schema);
        call.Subject = Ids.OfEventType(command.Name);
        var decided = await store.For(call.Workspace.Id).Decide<EventType, EventTypeEvent>(
            call.Subject, "event_type", EventType.Initial, EventType.Evolve, s => FittingExample.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/event-types/{command.Name}", EventTypeView.Of(decided.Version, decided.State));
    }

    private static EventTypeCommand.CreateEventType Validated(Request request, Call call)
    {
        var checks = new Checks();
        if (request.Name is null) checks.Add("name", "is required");
        else checks.That(CatalogueLimits.IsName(request.Name), "name", $"has 1 to {CatalogueLimits.NameCharsMax} letters and digits of ASCII, '.', '_', '-' and ':', and begins with a letter or digit");
        var (description, example) = new EventTypeFields(request.Description, request.Example, null).Validated(checks);
        var schema = request.Schema is { } written ? EventTypeFields.SchemaIn(written, checks) : null;
        checks.Done();
        return new(request.Name!, description, example, schema?.Json, call.Now);
    }
}
