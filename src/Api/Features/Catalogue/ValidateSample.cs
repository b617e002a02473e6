using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>Holds data against a schema of the catalogue. Nothing is stored.</summary>
public static class ValidateSample
{
    /// <param name="Version">Of the schema; the newest without it.</param>
    public sealed record Request(JsonElement? Data, int? Version);

    /// <param name="Version">The version that was asked.</param>
    public sealed record Response(bool Valid, int Version, IReadOnlyList<SchemaFault> Faults);

    public static void Map(RouteGroupBuilder types) => types.MapPost("/{name}/validate", Handle)
        .Needs(Permission.ReadEventTypes).WithName("validateSample").WithSummary("Check data against the schema of an event type");

    private static async Task<Response> Handle(string name, Body<Request> body, Call call, Store store, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        var (state, _) = await store.For(call.Workspace.Id).Fold<EventType, EventTypeEvent>(stream, EventType.Initial, EventType.Evolve, context.RequestAborted);
        var facts = state.Facts ?? throw ProblemAnswer.Missing(ReadEventTypes.Missing);
        var checks = new Checks();
        EventTypeFields.Text(body.Value.Data, "data", EventLimits.EventBytesMax, checks);
        var version = body.Value.Version is { } number ? facts.Schemas.FirstOrDefault(s => s.Number == number) : facts.Newest;
        checks.That(version is not null, "version", facts.Schemas.Count == 0 ? "cannot be: this event type has no schema" : $"must be from 1 to {facts.Schemas.Count}");
        checks.Done();
        var faults = JsonSchema.Parse(version!.Schema).Check(body.Value.Data ?? Null);
        return new(faults.Count == 0, version.Number, faults);
    }

    // What is not there and what is null are the same to the reader of the body.
    private static readonly JsonElement Null = JsonElement.Parse("null");
}
