using EventMesh.Domain.Log;
using EventMesh.EventStore.Reading;

namespace EventMesh.Projections.Log;

/// <summary>The fields of a stored event that its canonical form is made of.</summary>
public static class StoredFields
{
    public static EventFields Of(WholeEvent whole)
    {
        var stored = whole.Event;
        return new(
            stored.Position.ToString(), stored.Workspace, stored.Stream, stored.Version, whole.Id, stored.Type, stored.At, stored.Data,
            stored.Actor, stored.CorrelationId, stored.CausationId, whole.DotnetType, whole.Headers ?? default, whole.Archived, whole.Binary);
    }
}
