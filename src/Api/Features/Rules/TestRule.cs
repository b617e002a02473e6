using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;

namespace EventMesh.Api.Features.Rules;

/// <summary>Tries a filter, and a mapping, on a sample before a rule is made of them. Nothing is stored.</summary>
public static class TestRule
{
    /// <param name="Event">A CloudEvent in JSON; what a filter does not look at may be missing.</param>
    /// <param name="Mapping">Left out, nothing is mapped.</param>
    public sealed record Request(JsonElement? Filter, JsonElement? Event, JsonElement? Mapping = null);

    /// <param name="Mapped">The body that the mapping makes of the sample, whether the filter matches or not.</param>
    public sealed record Response(bool Matches, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Mapped);

    // The answer is one object around it.
    private const int AnswerDepthMax = EdgeJson.DepthMax - 1;

    public static void Map(RouteGroupBuilder rules) => rules.MapPost("/test", Handle)
        .Needs(Permission.ReadRules).WithName("testRule").WithSummary("Test a filter and a mapping against a sample event");

    private static Response Handle(Body<Request> body)
    {
        var checks = new Checks();
        if (body.Value.Filter is null) checks.Add("filter", "is required");
        var filter = RuleFields.FilterIn(body.Value.Filter, checks);
        var mapping = RuleFields.MappingIn(body.Value.Mapping, checks);
        var input = Sample(body.Value.Event, checks);
        checks.Done();
        return new(filter!.Matches(input), mapping is null ? null : Mapped(mapping, body.Value.Event!.Value));
    }

    private static JsonElement Mapped(Mapping mapping, JsonElement sample)
    {
        try
        {
            return JsonElement.Parse(mapping.Apply(sample), new JsonDocumentOptions { MaxDepth = AnswerDepthMax });
        }
        catch (JsonException tooDeep)
        {
            throw Problem.InvalidRequest.At("mapping", JsonBody.Fault(tooDeep, AnswerDepthMax));
        }
        catch (MappingFailed failed)
        {
            throw Problem.InvalidRequest.At(failed.Path, failed.Reason);
        }
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
