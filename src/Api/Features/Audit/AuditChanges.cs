using System.Text.Json;
using EventMesh.Api.Features.Configuration;
using EventMesh.Domain.Differences;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Audit;

/// <summary>What an event of configuration changed: the thing as its route shows it, which is without secrets, before the event and after it.</summary>
internal static class AuditChanges
{
    public static bool Has(string type) => ConfigurationParts.Types.Contains(type);

    /// <param name="stream">The stream's events, from the first.</param>
    /// <returns>Null when the event is of no configuration.</returns>
    public static IReadOnlyList<AuditChange>? Of(EventTypes types, StoredEvent stored, IReadOnlyList<StoredEvent> stream)
    {
        var parts = ConfigurationParts.All.Where(p => p.Types.Contains(stored.Type)).ToArray();
        if (parts.Length == 0) return null;
        var before = Read(types, stream.Where(e => e.Version < stored.Version));
        object[] after = [.. before, .. Read(types, [stored])];
        // The first shows the thing itself; others show more of it under names of their own.
        return [.. parts.SelectMany((part, n) => Differences(part, stored.Stream, before, after).Select(d => new AuditChange(n == 0 ? d.Path : $"{part.Name}.{d.Path}", d.Before, d.After)))];
    }

    private static IReadOnlyList<Difference> Differences(ConfigurationPart part, string stream, object[] before, object[] after) =>
        JsonDifferences.Between(before.Length == 0 ? null : part.Show(stream, before)?.Json, part.Show(stream, after)?.Json);

    // One that cannot be read changes nothing here, as it does not in the index.
    private static object[] Read(EventTypes types, IEnumerable<StoredEvent> events) => [.. events.Select(e => types.TryRead(e, out _)).OfType<object>()];
}
