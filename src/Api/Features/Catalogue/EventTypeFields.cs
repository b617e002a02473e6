using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>What of an event type may change.</summary>
/// <param name="Example">The data of an event of this type.</param>
public sealed record EventTypeFields(string? Description, JsonElement? Example, bool? Archived)
{
    public (string? Description, string? Example) Validated(Checks checks)
    {
        if (Description is { } description)
        {
            checks.That(description.Length <= CatalogueLimits.DescriptionCharsMax, "description", $"has at most {CatalogueLimits.DescriptionCharsMax} characters");
            checks.That(IsProse(description), "description", "may not contain control characters but line ends and tabs, or unpaired surrogates");
        }
        return (Description, Text(Example, "example", CatalogueLimits.ExampleBytesMax, checks));
    }

    /// <summary>JSON that can be an event's data, without white space.</summary>
    public static string? Text(JsonElement? json, string field, int bytesMax, Checks checks)
    {
        if (json is not { } written) return null;
        var raw = JsonMarshal.GetRawUtf8Value(written);
        var reader = new Utf8JsonReader(raw, new() { MaxDepth = CatalogueLimits.ExampleDepthMax });
        try
        {
            reader.Read();
            if (JsonWalk.Over(ref reader, raw) is { } reason) checks.Add(field, reason);
        }
        catch (JsonException malformed)
        {
            checks.Add(field, JsonBody.Fault(malformed, CatalogueLimits.ExampleDepthMax));
        }
        var compact = CompactJson.Of(raw);
        checks.That(compact.Length <= bytesMax, field, $"has at most {bytesMax} bytes");
        return Encoding.UTF8.GetString(compact);
    }

    /// <returns>Null when it is refused; <paramref name="checks"/> says why.</returns>
    public static JsonSchema? SchemaIn(JsonElement json, Checks checks)
    {
        try
        {
            return JsonSchema.Parse(json);
        }
        catch (SchemaRefused refused)
        {
            checks.Add("schema" + refused.Path, refused.Reason);
            return null;
        }
    }

    /// <summary>Notes what the request is about.</summary>
    /// <returns>The type's stream.</returns>
    /// <exception cref="ProblemException">404: no type can have this name.</exception>
    public static string Stream(Call call, string name)
    {
        if (!CatalogueLimits.IsName(name)) throw ProblemAnswer.Missing(ReadEventTypes.Missing);
        return call.Subject = Ids.OfEventType(name);
    }

    private static bool IsProse(string text) => text.Split('\n', '\r', '\t').All(Checks.IsText);
}
