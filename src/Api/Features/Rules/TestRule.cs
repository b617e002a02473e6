using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Domain.Filters;

namespace EventMesh.Api.Features.Rules;

/// <summary>Tries a filter on a sample before a rule is made of it. Nothing is stored.</summary>
public static class TestRule
{
    /// <param name="Event">A CloudEvent in JSON; what a filter does not look at may be missing.</param>
    public sealed record Request(JsonElement? Filter, JsonElement? Event);

    public sealed record Response(bool Matches);

    public static void Map(RouteGroupBuilder rules) => rules.MapPost("/test", Handle)
        .Needs(Permission.ReadRules).WithName("testRule").WithSummary("Test a filter against a sample event");

    private static Response Handle(Body<Request> body)
    {
        var checks = new Checks();
        if (body.Value.Filter is null) checks.Add("filter", "is required");
        var filter = RuleFields.FilterIn(body.Value.Filter, checks);
        var input = Sample(body.Value.Event, checks);
        checks.Done();
        return new(filter!.Matches(input));
    }

    private static FilterInput Sample(JsonElement? sample, Checks checks)
    {
        if (sample is not { ValueKind: JsonValueKind.Object } json)
        {
            checks.Add("event", sample is null ? "is required" : "must be an object");
            return default;
        }
        return new(
            Text("type") ?? "", Text("source") ?? "", Text("subject"), Text("resource"), Text("resourceid"), Text("time"),
            json.TryGetProperty("data", out var data) ? data : default);

        string? Text(string name)
        {
            if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
            if (value.ValueKind == JsonValueKind.String) return value.GetString();
            checks.Add("event." + name, "must be a string");
            return null;
        }
    }
}
