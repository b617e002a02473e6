using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventMesh.Domain.Filters;

namespace EventMesh.Tests.Unit.Filters;

/// <summary>
/// The language as docs/filters.md tells it, read from the filter's JSON anew for each event: slow, and without any of the compiled matcher's parts.
/// Numbers are decimals here, so it serves for numbers that a decimal holds. A missing value is Undefined.
/// </summary>
internal static class NaiveInterpreter
{
    public static bool Matches(JsonElement filter, FilterInput input) => filter.EnumerateObject().All(key => key.Name switch
    {
        "type" => Holds(key.Value, Text(input.Type), "type"),
        "source" => Holds(key.Value, Text(input.Source), "source"),
        "subject" => Holds(key.Value, Text(input.Subject), "subject"),
        "resource" => Holds(key.Value, Text(input.Resource), "resource"),
        "resource_id" => Holds(key.Value, Text(input.ResourceId), "resource_id"),
        "time" => Holds(key.Value, Text(input.Time), "time"),
        "data" => Holds(key.Value, input.Data, "data"),
        "$and" => key.Value.EnumerateArray().All(inner => Matches(inner, input)),
        "$or" => key.Value.EnumerateArray().Any(inner => Matches(inner, input)),
        "$not" => !Matches(key.Value, input),
        var dotted => Holds(Nest(dotted.Split('.')[1..], key.Value), input.Data, "data"),
    });

    public static bool Holds(JsonElement condition, JsonElement value, string of) => condition.ValueKind switch
    {
        JsonValueKind.Object => HoldsObject(condition, value, of),
        JsonValueKind.Array => condition.EnumerateArray().Any(choice => Holds(choice, value, of)),
        _ => Candidates(value, false).Any(candidate => Same(candidate, condition, of)),
    };

    private static bool HoldsObject(JsonElement condition, JsonElement value, string of)
    {
        var members = condition.EnumerateObject().ToList();
        var whole = members.Where(m => m.Name is "$neq" or "$nin" or "$exist" or "$and" or "$or" or "$not").ToList();
        var together = members.Except(whole).ToList();
        return whole.All(m => m.Name switch
        {
            "$neq" => !Candidates(value, false).Any(candidate => Same(candidate, m.Value, of)),
            "$nin" => !m.Value.EnumerateArray().Any(x => Candidates(value, false).Any(candidate => Same(candidate, x, of))),
            "$exist" => m.Value.GetBoolean() == (value.ValueKind != JsonValueKind.Undefined),
            "$and" => m.Value.EnumerateArray().All(inner => Holds(inner, value, of)),
            "$or" => m.Value.EnumerateArray().Any(inner => Holds(inner, value, of)),
            _ => !Holds(m.Value, value, of),
        }) && (together.Count == 0 || Candidates(value, together.Any(m => !m.Name.StartsWith('$'))).Any(candidate => together.All(m => Single(m, candidate, of))));
    }

    private static bool Single(JsonProperty member, JsonElement value, string of) => member.Name switch
    {
        "$eq" => Same(value, member.Value, of),
        "$in" => member.Value.EnumerateArray().Any(x => Same(value, x, of)),
        "$gt" => Compare(value, member.Value, of) > 0,
        "$gte" => Compare(value, member.Value, of) >= 0,
        "$lt" => Compare(value, member.Value, of) < 0,
        "$lte" => Compare(value, member.Value, of) <= 0,
        "$startsWith" => value.ValueKind == JsonValueKind.String && value.GetString()!.StartsWith(member.Value.GetString()!, StringComparison.Ordinal),
        "$endsWith" => value.ValueKind == JsonValueKind.String && value.GetString()!.EndsWith(member.Value.GetString()!, StringComparison.Ordinal),
        var field => Holds(member.Value, value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out var found) ? found : default, of),
    };

    private static IEnumerable<JsonElement> Candidates(JsonElement value, bool fields) =>
        value.ValueKind != JsonValueKind.Array ? [value]
        : fields ? value.EnumerateArray()
        : value.EnumerateArray().Prepend(value);

    private static bool Same(JsonElement value, JsonElement written, string of) => (value.ValueKind, written.ValueKind) switch
    {
        (JsonValueKind.String, JsonValueKind.String) when of == "type" => Regex.IsMatch(
            value.GetString()!, "^" + Regex.Escape(written.GetString()!).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z", RegexOptions.Singleline),
        (JsonValueKind.String, JsonValueKind.String) or (JsonValueKind.Number, JsonValueKind.Number) => Compare(value, written, of) == 0,
        (JsonValueKind.Array, JsonValueKind.Array) => value.GetArrayLength() == written.GetArrayLength()
            && value.EnumerateArray().Zip(written.EnumerateArray()).All(pair => Same(pair.First, pair.Second, of)),
        (JsonValueKind.Object, JsonValueKind.Object) => value.EnumerateObject().Count() == written.EnumerateObject().Count()
            && written.EnumerateObject().All(p => value.TryGetProperty(p.Name, out var found) && Same(found, p.Value, of)),
        var (left, right) => left == right,
    };

    private static int? Compare(JsonElement value, JsonElement written, string of)
    {
        if (value.ValueKind != written.ValueKind)
            return null;
        if (value.ValueKind == JsonValueKind.Number)
            return Number(value).CompareTo(Number(written));
        if (of == "time")
            return DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var at)
                ? at.CompareTo(DateTimeOffset.Parse(written.GetString()!, CultureInfo.InvariantCulture)) : null;
        return Encoding.UTF8.GetBytes(value.GetString()!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(written.GetString()!));
    }

    private static decimal Number(JsonElement json) => decimal.Parse(json.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static JsonElement Text(string? text) => text is null ? default : JsonSerializer.SerializeToElement(text);

    private static JsonElement Nest(string[] names, JsonElement condition) => names.Reverse().Aggregate(
        condition, (inner, name) => JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [name] = inner }));
}
