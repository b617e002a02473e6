using System.Text.Json;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;
using EventMesh.Domain.Rules;

namespace EventMesh.Api.Features.Rules;

public sealed record RuleView(
    string Id, string Name, string Status, JsonElement Filter, IReadOnlyList<string> Connections, RuleOrdering? Ordering, JsonElement? Mapping, long Version, DateTimeOffset CreatedAt)
{
    /// <summary>Null when it is deleted, or never was.</summary>
    public static RuleView? Of(string id, long version, Rule rule) => rule switch
    {
        Rule.Enabled r => new(id, r.Name, "enabled", Json(r.Filter), r.Connections, r.Ordering, Json(r.Mapping), version, r.CreatedAt),
        Rule.Disabled r => new(id, r.Name, "disabled", Json(r.Filter), r.Connections, r.Ordering, Json(r.Mapping), version, r.CreatedAt),
        _ => null,
    };

    private static JsonElement? Json(Mapping? mapping) => mapping is null ? null : JsonElement.Parse(mapping.Json);

    private static JsonElement Json(Filter filter) => JsonElement.Parse(filter.Json);
}
