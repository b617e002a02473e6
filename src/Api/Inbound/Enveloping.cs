using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain.Sources;
using Microsoft.Net.Http.Headers;

namespace EventMesh.Api.Inbound;

/// <summary>
/// Makes a verified request into a CloudEvent: what the provider sent is its data, unchanged. JSON is JSON; anything else, forms included, is base64.
/// What is to be taken from the request and is not there, or is not such as the attribute takes, does not lose the event: it has a stand-in.
/// </summary>
public static class Enveloping
{
    /// <summary>The type of an event whose request does not say its type, after the source's prefix.</summary>
    public const string TypeUnknown = "unknown";

    /// <param name="id">The source's id.</param>
    /// <param name="json">The body, when it is JSON.</param>
    /// <exception cref="ProblemException">It cannot be a CloudEvent.</exception>
    public static CloudEvent Event(string id, SourceSettings settings, Arrived arrived, JsonDocument? json)
    {
        var (envelope, wrong) = (settings.Envelope, new List<FieldError>());
        var draft = new Draft(wrong, "");
        draft.Set("specversion", "1.0");
        draft.Set("source", envelope.Source ?? "/sources/" + id);
        draft.Set("id", EventId(settings, arrived, json));
        draft.Set("type", Taken("type", envelope.Type) ?? envelope.Type.Prefix + TypeUnknown);
        if (envelope.Subject is { } subject && Taken("subject", subject) is { } about) draft.Set("subject", about);
        var contentType = arrived.Headers.ContentType.ToString();
        if (contentType.Length > 0 && AttributeRules.Check("datacontenttype", contentType) is null) draft.Set("datacontenttype", contentType);
        else if (!arrived.Body.IsEmpty) draft.Set("datacontenttype", "application/octet-stream");
        if (json is not null) draft.SetJson(arrived.Body);
        else if (!arrived.Body.IsEmpty) draft.SetBytes(arrived.Body);
        return draft.Finish() ?? throw Problem.InvalidEvent.With(wrong);

        string? Taken(string attribute, TakenFrom from) => Value(from, arrived, json) is { } value && AttributeRules.Check(attribute, value) is null ? value : null;
    }

    /// <summary>The body as JSON, when its content type says so and it is: well-formed UTF-8 that two readers cannot understand differently.</summary>
    public static JsonDocument? Json(Arrived arrived)
    {
        if (!MediaTypeHeaderValue.TryParse(arrived.Headers.ContentType.ToString(), out var media)) return null;
        if (!media.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) && !media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)) return null;
        var body = arrived.Body;
        if (body.IsEmpty || !Utf8.IsValid(body.Span)) return null;
        try
        {
            // The event around it is one level.
            var reader = new Utf8JsonReader(body.Span, new() { MaxDepth = EventLimits.DepthMax - 1 });
            reader.Read();
            if (JsonWalk.Over(ref reader, body.Span) is not null) return null;
            reader.Read();
            return JsonDocument.Parse(body, new() { MaxDepth = EventLimits.DepthMax - 1 });
        }
        catch (JsonException)
        {
            // What is no JSON, whatever it is called, is kept as the bytes it is.
            return null;
        }
    }

    // What makes a second delivery by the provider the same event. Without an id of the provider's: the same bytes signed at the same time.
    private static string EventId(SourceSettings settings, Arrived arrived, JsonDocument? json)
    {
        var given = settings.Envelope.Id is { } from ? Value(from, arrived, json) : settings.Verification.Kind switch
        {
            VerificationKind.StandardWebhooks => Once(arrived, StandardHeaders.IdHeader(arrived.Headers)),
            VerificationKind.Github => Once(arrived, "X-GitHub-Delivery"),
            VerificationKind.Stripe => json is null ? null : JsonPlace.Text(json.RootElement, "$.id"),
            VerificationKind.Slack => json is null ? null : JsonPlace.Text(json.RootElement, "$.event_id"),
            _ => null,
        };
        return given is not null && AttributeRules.Check("id", given) is null ? given : "sha256-" + Digest(settings.Verification, arrived);
    }

    private static string Digest(SourceVerification how, Arrived arrived)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var timestamp = how.Kind == VerificationKind.Slack ? SignatureHeader.Slack.TimestampHeader : how.TimestampHeader;
        digest.AppendData(Encoding.UTF8.GetBytes((timestamp is null ? "" : arrived.Headers[timestamp].ToString()) + "\n"));
        digest.AppendData(arrived.Body.Span);
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static string? Value(TakenFrom from, Arrived arrived, JsonDocument? json)
    {
        var value = from.Value ?? (from.Header is { } header ? Once(arrived, header) : json is null ? null : JsonPlace.Text(json.RootElement, from.Path!));
        return value is null ? null : from.Prefix + value;
    }

    private static string? Once(Arrived arrived, string header) => arrived.One(header, out var value) is null ? value : null;
}
