using System.Text;
using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Events;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Schemas;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>Sends an event of a type to one connection, as real as any: stored, delivered, retried. It meets no rule, and counts as a call of the API, not as an event of the plan.</summary>
public static class SendSample
{
    /// <param name="Data">Left out, the type's example is sent.</param>
    public sealed record Request(string? Connection, JsonElement? Data);

    public sealed record Response(string Event, string Delivery, string Position);

    public static void Map(RouteGroupBuilder types) => types.MapPost("/{name}/send", Handle)
        .Needs(Permission.SendSamples).WithName("sendSample").WithSummary("Send the example of an event type, or other data, to one connection")
        .Produces<Response>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> Handle(string name, Body<Request> body, Call call, Store store, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        var (state, _) = await store.For(call.Workspace.Id).Fold<EventType, EventTypeEvent>(stream, EventType.Initial, EventType.Evolve, context.RequestAborted);
        var facts = state.Facts ?? throw ProblemAnswer.Missing(ReadEventTypes.Missing);
        var (connection, data) = Validated(body.Value, facts, call);
        var sample = Event(name, data, call);
        if (sample.Json.Length > EventLimits.EventBytesMax) throw Problem.TooLarge.At("data", $"makes an event of more than {EventLimits.EventBytesMax} bytes");
        var (published, delivery) = await Publishing.Sample(store, call, sample, connection, context.RequestAborted);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/deliveries/{delivery}", new Response(published.Id, delivery, published.Position.ToString()));
    }

    private static (string Connection, string Data) Validated(Request request, EventTypeFacts facts, Call call)
    {
        var checks = new Checks();
        var connection = request.Connection is null ? null : call.Workspace.Connections.GetValueOrDefault(request.Connection);
        if (request.Connection is null) checks.Add("connection", "is required");
        else checks.That(connection is Connection.Enabled or Connection.Disabled, "connection", "is not a connection of this workspace");
        var data = EventTypeFields.Text(request.Data, "data", EventLimits.EventBytesMax, checks) ?? facts.Example;
        if (data is null) checks.Add("data", "is required: this event type has no example");
        checks.Done();
        if (connection is Connection.Disabled) throw Problem.Conflict.With("The connection is disabled; enable it first.");
        if (facts.Newest is { } newest && JsonSchema.Parse(newest.Schema).Check(EventTypeView.Json(data!)) is { Count: > 0 } faults)
            throw Problem.SchemaMismatch.With([.. SchemaCheck.Faults(faults, "data")]);
        return (request.Connection!, data!);
    }

    private static CloudEvent Event(string type, string data, Call call)
    {
        var wrong = new List<FieldError>();
        var draft = new Draft(wrong, "", isOurs: true);
        draft.Set("specversion", "1.0");
        draft.Set("id", call.NewId("smp_"));
        draft.Set("source", PlatformSource.Sample);
        draft.Set("type", type);
        draft.Set("time", call.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        draft.Set("datacontenttype", "application/json");
        draft.SetJson(Encoding.UTF8.GetBytes(data));
        return draft.Finish() ?? throw Problem.InvalidEvent.With(wrong);
    }
}
