using System.Text.Json;
using EventMesh.Domain.Filters;

namespace EventMesh.Tests.Unit.Filters;

/// <summary>Filters and events as the tests write them.</summary>
internal static class Events
{
    public static readonly FilterInput Order = new(
        "order.created", "/shops/7", "order-1", "orders", "1", "2026-11-20T08:30:00Z", JsonElement.Parse("""{"total":120,"state":"paid"}"""));

    public static readonly FilterInput Bare = new("ping", "/monitor", null, null, null, null, default);

    public static Filter Filter(string json) => Domain.Filters.Filter.Parse(JsonElement.Parse(json));

    public static bool Matches(string filter, FilterInput input) => Filter(filter).Matches(input);

    public static bool MatchesData(string filter, string data) => Matches(filter, Order with { Data = JsonElement.Parse(data) });

    public static bool MatchesType(string filter, string type) => Matches(filter, Order with { Type = type });
}
