using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace EventMesh.Api.Edge;

/// <summary>Strict JSON, with errors that name the field and the reason.</summary>
public static partial class JsonBody
{
    public const int BytesMax = 256 * 1024;

    /// <exception cref="ProblemException">It is not JSON, or not such as <typeparamref name="T"/>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) where T : class
    {
        if (json.IsEmpty) throw Problem.InvalidRequest.At("body", "is required");
        if (!Utf8.IsValid(json)) throw Problem.MalformedJson.At("body", "is not valid UTF-8");
        RefuseMalformed(json);
        try
        {
            return JsonSerializer.Deserialize<T>(json, EdgeJson.Options) ?? throw Problem.InvalidRequest.At("body", "must be an object");
        }
        catch (JsonException unfit)
        {
            throw Unfit(unfit);
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escaped half of a surrogate pair.
            throw Problem.InvalidRequest.At("body", "has a string with an unpaired surrogate");
        }
    }

    /// <summary>What a merge patch (RFC 7396) made, read as if it had been sent whole.</summary>
    public static T Read<T>(System.Text.Json.Nodes.JsonNode node) where T : class => Read<T>(JsonSerializer.SerializeToUtf8Bytes(node, EdgeJson.Options));

    // Syntax first: the deserializer tells a broken document from one that does not fit only in prose.
    private static void RefuseMalformed(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new() { MaxDepth = EdgeJson.DepthMax });
        try
        {
            while (reader.Read()) { }
        }
        catch (JsonException malformed)
        {
            throw Malformed(malformed, EdgeJson.DepthMax);
        }
    }

    public static ProblemException Malformed(JsonException malformed, int depthMax) => Problem.MalformedJson.At("body", Fault(malformed, depthMax));

    /// <summary>What is wrong with a document that the reader gave up on, as the end of a sentence.</summary>
    public static string Fault(JsonException malformed, int depthMax) =>
        malformed.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? $"has more than {depthMax} objects and lists inside one another"
            : $"is not valid JSON at line {malformed.LineNumber + 1}, column {malformed.BytePositionInLine + 1}";

    private static ProblemException Unfit(JsonException unfit)
    {
        var path = unfit.Path is null or "$" ? "" : unfit.Path.TrimStart('$').TrimStart('.');
        if (Quoted().Match(unfit.Message) is { Success: true } member)
        {
            var name = member.Groups["name"].Value;
            var field = path.Length == 0 ? name : path == name || path.EndsWith("." + name, StringComparison.Ordinal) ? path : $"{path}.{name}";
            return Problem.InvalidRequest.At(field, member.Groups["kind"].Value == "Duplicate" ? "is there twice" : "is not a known field");
        }
        return Problem.InvalidRequest.At(path.Length == 0 ? "body" : path, Expected(unfit));
    }

    private static string Expected(JsonException unfit) => Converted().Match(unfit.Message).Groups["type"].Value switch
    {
        _ when unfit.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true => "has an unpaired surrogate",
        _ when unfit.InnerException?.Message.Contains("as a string", StringComparison.Ordinal) == true => "must be a string",
        // Of a member that may be null the message names not its type but its parent's.
        _ when unfit.InnerException?.Message is { } inner && (inner.Contains("as a number", StringComparison.Ordinal) || inner.Contains("for an Int", StringComparison.Ordinal)) => "must be an integer",
        _ when unfit.InnerException?.Message.Contains("as a boolean", StringComparison.Ordinal) == true => "must be true or false",
        _ when unfit.InnerException?.Message.Contains("DateTimeOffset", StringComparison.Ordinal) == true => "must be a timestamp such as 2026-11-20T12:00:00Z (RFC 3339)",
        "System.String" => "must be a string",
        var type when type.StartsWith("System.Nullable`1[System.Int", StringComparison.Ordinal) || type.StartsWith("System.Int", StringComparison.Ordinal) => "must be an integer",
        var type when type.Contains("Boolean", StringComparison.Ordinal) => "must be true or false",
        var type when type.Contains("List", StringComparison.Ordinal) => "must be a list",
        _ => "must be an object",
    };

    [GeneratedRegex("^(?<kind>The JSON|Duplicate) property '(?<name>[^']*)'", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Quoted();

    [GeneratedRegex("could not be converted to (?<type>[^ ]+?)\\.( |$)", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Converted();
}
