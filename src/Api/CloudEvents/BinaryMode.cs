using System.Text.Json;
using System.Text.Unicode;
using EventMesh.Api.Edge;
using Microsoft.Net.Http.Headers;

namespace EventMesh.Api.CloudEvents;

/// <summary>Events whose attributes are headers and whose data is the body. CloudEvents HTTP protocol binding 1.0.2, §3.1.</summary>
public static class BinaryMode
{
    private const string Prefix = "ce-";

    public static bool Is(IHeaderDictionary headers)
    {
        if (headers.ContainsKey("ce-specversion")) return true;
        // An event without its version is a faulty event, not something else.
        foreach (var (name, _) in headers)
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <exception cref="ProblemException">It is not a CloudEvent.</exception>
    public static CloudEvent Read(IHeaderDictionary headers, ReadOnlyMemory<byte> body)
    {
        var wrong = new List<FieldError>();
        var draft = new Draft(wrong, "");
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            var name = header[Prefix.Length..].ToLowerInvariant();
            if (name is "datacontenttype") draft.Refuse(name, "is carried by Content-Type");
            else if (name is "data") draft.Refuse(name, "is the body, not a header");
            else if (values.Count != 1) draft.Refuse(name, "is there twice");
            else if (CeHeader.Decode(values[0]!) is { } value) draft.Set(name, value);
            else draft.Refuse(name, "is not percent-encoded UTF-8");
        }
        Data(draft, headers.ContentType.ToString(), body);
        return draft.Finish() ?? throw Problem.InvalidEvent.With(wrong);
    }

    private static void Data(Draft draft, string contentType, ReadOnlyMemory<byte> body)
    {
        if (contentType.Length > 0) draft.Set("datacontenttype", contentType);
        if (body.IsEmpty) return;
        // RFC 9110 §8.3: without a content type the body may be anything.
        if (contentType.Length == 0) draft.Set("datacontenttype", "application/octet-stream");
        if (!MediaTypeHeaderValue.TryParse(contentType, out var media))
        {
            draft.SetBytes(body);
            return;
        }
        var utf8 = !media.Charset.HasValue || media.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || media.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);
        if (IsJson(media)) Json(draft, body, utf8);
        else if (utf8 && IsText(media) && Utf8.IsValid(body.Span)) draft.SetText(body);
        else draft.SetBytes(body);
    }

    private static void Json(Draft draft, ReadOnlyMemory<byte> body, bool utf8)
    {
        if (!utf8 || !Utf8.IsValid(body.Span))
        {
            draft.Refuse("data", "is JSON that is not valid UTF-8");
            return;
        }
        // The event around it is one level.
        var reader = new Utf8JsonReader(body.Span, new() { MaxDepth = EventLimits.DepthMax - 1 });
        try
        {
            reader.Read();
            var reason = JsonWalk.Over(ref reader, body.Span);
            var end = (int)reader.BytesConsumed;
            reader.Read();
            if (reason is not null) draft.Refuse("data", reason);
            else draft.SetJson(body[..end]);
        }
        catch (JsonException malformed)
        {
            draft.Refuse("data", JsonBody.Fault(malformed, EventLimits.DepthMax) + ", though its content type says so");
        }
    }

    /// <summary>Whether data of this media type is JSON: <c>application/json</c>, <c>…+json</c>.</summary>
    public static bool IsJson(string contentType) => MediaTypeHeaderValue.TryParse(contentType, out var media) && IsJson(media);

    private static bool IsJson(MediaTypeHeaderValue media) =>
        media.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

    private static bool IsText(MediaTypeHeaderValue media) =>
        media.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
        || media.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase) || media.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase);
}
