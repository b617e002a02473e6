using EventMesh.Api.Edge;
using EventMesh.Api.Features.Events;
using EventMesh.Domain;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>Decides on a type and holds its example against the schema that it then has: an example that does not fit misleads everybody who reads it.</summary>
internal static class FittingExample
{
    /// <exception cref="ProblemException">422: the example does not fit.</exception>
    public static EventTypeEvent[] Decide(EventTypeCommand command, EventType state)
    {
        var happened = EventTypeDecider.Decide(command, state);
        if (happened.Aggregate(state, EventType.Evolve).Facts is not { Example: { } example, Newest: { } newest }) return happened;
        if (!happened.Any(h => h is EventTypeEvent.EventTypeCreated or EventTypeEvent.EventTypeChanged or EventTypeEvent.EventTypeSchemaAdded)) return happened;
        var faults = JsonSchema.Parse(newest.Schema).Check(EventTypeView.Json(example));
        return faults.Count == 0 ? happened : throw Problem.SchemaMismatch.With([.. SchemaCheck.Faults(faults, "example")]);
    }

    /// <exception cref="Refused">The catalogue has no room for it.</exception>
    public static void Room(ConfiguredWorkspace workspace, string name, string? schema)
    {
        var known = workspace.Catalogue.Find(name);
        if (known is null && workspace.Catalogue.Count >= CatalogueLimits.TypesMax)
            throw new Refused("catalogue.full", $"A workspace has at most {CatalogueLimits.TypesMax} event types.");
        if (schema is not null && workspace.Catalogue.SchemaBytes - (known?.SchemaBytes ?? 0) + System.Text.Encoding.UTF8.GetByteCount(schema) > CatalogueLimits.SchemaBytesMax)
            throw new Refused("catalogue.full", $"The newest schemas of a workspace have at most {CatalogueLimits.SchemaBytesMax} bytes together.");
    }
}
