using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using EventMesh.Api.Edge;

namespace EventMesh.Api.CloudEvents;

/// <summary>Events as JSON: one (<c>application/cloudevents+json</c>) or a list (<c>application/cloudevents-batch+json</c>). CloudEvents JSON format 1.0.2.</summary>
public static class StructuredMode
{
    /// <exception cref="ProblemException">It is not JSON, or not a CloudEvent.</exception>
    public static CloudEvent Read(ReadOnlyMemory<byte> json)
    {
        var wrong = new List<FieldError>();
        var reader = Begin(json, EventLimits.DepthMax);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw Problem.InvalidEvent.At("body", "must be a JSON object");
            var read = Event(ref reader, json, new(wrong, ""));
            reader.Read();
            return read ?? throw Problem.InvalidEvent.With(wrong);
        }
        catch (JsonException malformed)
        {
            throw JsonBody.Malformed(malformed, EventLimits.DepthMax);
        }
    }

    /// <exception cref="ProblemException">It is not JSON, one of the events is not a CloudEvent (all faults are named), or there are too many.</exception>
    public static List<CloudEvent> ReadBatch(ReadOnlyMemory<byte> json)
    {
        var (events, wrong) = (new List<CloudEvent>(), new List<FieldError>());
        // The list itself is one more level.
        var reader = Begin(json, EventLimits.DepthMax + 1);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray) throw Problem.InvalidEvent.At("body", "must be a JSON list of events");
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                if (index == EventLimits.BatchEventsMax) throw Problem.TooLarge.At("body", $"has at most {EventLimits.BatchEventsMax} events");
                var at = $"[{index}]";
                var start = reader.TokenStartIndex;
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    wrong.Add(new(at, "must be a JSON object"));
                    reader.Skip();
                    continue;
                }
                if (Event(ref reader, json, new(wrong, at + ".")) is { } read) events.Add(read);
                if (reader.BytesConsumed - start > EventLimits.EventBytesMax) throw Problem.TooLarge.At(at, $"has at most {EventLimits.EventBytesMax} bytes");
            }
            reader.Read();
            return wrong.Count == 0 ? events : throw Problem.InvalidEvent.With(wrong);
        }
        catch (JsonException malformed)
        {
            throw JsonBody.Malformed(malformed, EventLimits.DepthMax);
        }
    }

    private static Utf8JsonReader Begin(ReadOnlyMemory<byte> json, int depthMax)
    {
        if (json.IsEmpty) throw Problem.InvalidEvent.At("body", "is required");
        if (!Utf8.IsValid(json.Span)) throw Problem.MalformedJson.At("body", "is not valid UTF-8");
        return new(json.Span, new() { MaxDepth = depthMax });
    }

    private static CloudEvent? Event(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, Draft draft)
    {
        var seen = new HashSet<string>(16, StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!JsonWalk.IsPaired(ref reader))
            {
                draft.Refuse("body", "has a member's name with an unpaired surrogate");
                reader.Skip();
                continue;
            }
            var name = Name(ref reader);
            if (!seen.Add(name)) draft.Refuse(name, "is there twice");
            reader.Read();
            Member(ref reader, json, name, draft);
        }
        return draft.Finish();
    }

    private static void Member(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, Draft draft)
    {
        var start = (int)reader.TokenStartIndex;
        if (name == "data")
        {
            if (JsonWalk.Over(ref reader, json.Span) is { } reason) draft.Refuse(name, reason);
            else draft.SetJson(json[start..(int)reader.BytesConsumed]);
            return;
        }
        switch (reader.TokenType)
        {
            // §2.2: null is the same as absent.
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when name == "data_base64":
                if (reader.ValueIsEscaped || !Base64.IsValid(reader.ValueSpan)) draft.Refuse(name, "must be base64 (RFC 4648)");
                else draft.SetBase64(json[start..(int)reader.BytesConsumed]);
                break;
            case JsonTokenType.String when !JsonWalk.IsPaired(ref reader):
                draft.Refuse(name, "has an unpaired surrogate");
                break;
            case JsonTokenType.String:
                draft.Set(name, reader.GetString()!);
                break;
            case JsonTokenType.True or JsonTokenType.False when !AttributeRules.IsText(name) && name != "data_base64":
                draft.Set(name, reader.GetBoolean());
                break;
            case JsonTokenType.Number when !AttributeRules.IsText(name) && name != "data_base64":
                if (reader.TryGetInt32(out var number)) draft.Set(name, number);
                else draft.Refuse(name, "must be an integer of 32 bits, or a string");
                break;
            default:
                draft.Refuse(name, AttributeRules.IsText(name) || name == "data_base64" ? "must be a string" : "must be a string, an integer or a boolean");
                reader.Skip();
                break;
        }
    }

    // Names that every event has are not made anew for each.
    private static string Name(ref Utf8JsonReader reader)
    {
        foreach (var known in Known)
            if (reader.ValueTextEquals(known)) return known;
        return reader.GetString()!;
    }

    private static readonly string[] Known =
        ["specversion", "id", "source", "type", "time", "subject", "data", "datacontenttype", "dataschema", "resource", "resourceid", "data_base64"];
}
