using System.Globalization;
using System.Text.Json.Serialization;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>Which events are asked for, as people write it: in the query of the feed, and in the bodies of consumers and exports.</summary>
/// <param name="Types">Stored names such as <c>event_published</c>; one that ends in <c>*</c> means all that begin so. Empty: all.</param>
/// <param name="Stream">How the stream's id begins.</param>
/// <param name="Resource">An id such as <c>con_…</c>, of the event's stream or of what its data names; or <c>name</c> or <c>name/id</c>, the resource of a published event.</param>
public sealed record FeedFilter(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Types = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Stream = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Resource = null)
{
    public const int TypesMax = 50;
    public const int TypeCharsMax = 100;
    public const int StreamCharsMax = 128;

    /// <summary>Of <c>name/id</c>: two attributes of a CloudEvent and what stands between.</summary>
    public const int ResourceCharsMax = 2 * EventLimits.AttributeCharsMax + 1;

    private const int IdChars = 26;

    /// <summary>Lets everything through.</summary>
    [JsonIgnore]
    public bool IsAll => Types is null or [] && Stream is null && Resource is null;

    /// <summary>What may be written down of <see cref="Resource"/>: the id that a publisher gave one may be somebody's name.</summary>
    [JsonIgnore]
    public string? ResourceWithoutId => Resource?.IndexOf('/', StringComparison.Ordinal) is { } slash and >= 0 ? Resource[..slash] : Resource;

    /// <summary>Of a query: <c>type</c> (a list with commas), <c>stream</c>, <c>resource</c>. What is empty is not given.</summary>
    public static FeedFilter Of(IQueryCollection query, Checks checks)
    {
        var filter = new FeedFilter(
            Text("type") is { } types ? [.. types.Split(',').Select(t => t.Trim())] : null, Text("stream"), Text("resource"));
        filter.Check(checks, "type", "stream", "resource");
        return filter;

        string? Text(string name) => query[name].ToString() is { Length: > 0 } given ? given : null;
    }

    /// <summary>Adds what is wrong with it, under these names.</summary>
    public void Check(Checks checks, string types = "filter.types", string stream = "filter.stream", string resource = "filter.resource")
    {
        if (checks.That((Types?.Count ?? 0) <= TypesMax, types, $"has at most {TypesMax} names"))
            checks.That((Types ?? []).All(IsType), types, $"names events such as event_published, or with a * at the end all that begin so, of at most {TypeCharsMax} characters each");
        checks.That(Stream is null || (Stream.Length is > 0 and <= StreamCharsMax && Stream.All(c => c is > ' ' and <= '~')), stream, $"has 1 to {StreamCharsMax} printable ASCII characters without spaces");
        checks.That(Resource is null || (Resource.Length is > 0 and <= ResourceCharsMax && Checks.IsText(Resource)), resource, $"is an id, a name or name/id, of at most {ResourceCharsMax} characters");
    }

    public EventFilter ToStore()
    {
        var id = Resource is not null && IsId(Resource);
        return new()
        {
            Types = [.. (Types ?? []).Where(t => !t.EndsWith('*'))],
            TypePrefixes = [.. (Types ?? []).Where(t => t.EndsWith('*')).Select(t => t[..^1])],
            StreamPrefix = Stream,
            Stream = id ? Resource : null,
            Data = Resource is null ? [] : id ? NamedBy(Resource) : [OfPublished(Resource)],
            DataType = Resource is null || id ? null : "event_published",
        };
    }

    private static bool IsType(string? type) =>
        type is { Length: > 0 and <= TypeCharsMax } && type.TrimEnd('*') is var name && type.Length - name.Length <= 1 && name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_');

    /// <summary>Whether it is an id of ours: three letters, and 26 characters of Crockford's base 32.</summary>
    private static bool IsId(string text) =>
        text.Length == 4 + IdChars && text[3] == '_' && text[..3].All(char.IsAsciiLetterLower) && text[4..].All(c => c is (>= 'a' and <= 'z' or >= '0' and <= '9') and not ('i' or 'l' or 'o' or 'u'));

    // Where the data of our events name others: of deliveries under "of", of a routing in each delivery that is born, of rules in a list.
    private static string[] NamedBy(string id) => id[..3] switch
    {
        "con" => [$$"""{"connection":"{{id}}"}""", $$"""{"of":{"connection":"{{id}}"} }""", $$"""{"deliveries":[{"connection":"{{id}}"}]}""", $$"""{"connections":["{{id}}"]}"""],
        "rul" => [$$"""{"rule":"{{id}}"}""", $$"""{"of":{"rule":"{{id}}"} }""", $$"""{"deliveries":[{"rule":"{{id}}"}]}"""],
        "evt" => [$$"""{"event":"{{id}}"}""", $$"""{"of":{"event":"{{id}}"} }"""],
        "dlv" => [$$"""{"deliveries":[{"id":"{{id}}"}]}"""],
        _ => [],
    };

    private static string OfPublished(string resource)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        var named = new System.Text.Json.Nodes.JsonObject { ["resource"] = slash < 0 ? resource : resource[..slash] };
        if (slash >= 0) named["resource_id"] = resource[(slash + 1)..];
        return named.ToJsonString();
    }

    /// <summary>A time of a query or body (RFC 3339); null when none is given or it is wrong, which is added.</summary>
    public static DateTimeOffset? Time(Checks checks, string field, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (Rfc3339.IsTimestamp(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time.ToUniversalTime();
        checks.Add(field, "must be a timestamp such as 2026-11-20T12:00:00Z (RFC 3339)");
        return null;
    }
}
