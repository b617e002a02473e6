using System.Text;
using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.RawData;

/// <summary>A body as it is shown: as JSON where it is JSON, else as text or bytes, and redacted what is not JSON not at all.</summary>
/// <param name="State"><c>redacted</c>, <c>raw</c>, <c>expired</c> (its retention is over) or <c>broken</c> (it does not open).</param>
/// <param name="Bytes">Of the whole body that is kept.</param>
public sealed record ShownBody(string State, string? ContentType, int? Bytes, JsonElement? Json, string? Text, string? Base64)
{
    /// <summary>What is deeper is shown as text, for an answer has a bounded depth.</summary>
    private const int DepthMax = 60;

    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = DepthMax };

    public static readonly ShownBody Expired = new("expired", null, null, null, null, null);

    /// <param name="redacted">What may be seen of it; null for nothing.</param>
    public static ShownBody Redacted(StoredBody? stored, Func<byte[], byte[]?> redacted) => stored switch
    {
        null => Expired,
        { Body: { } body } => Of("redacted", stored.ContentType, body.Length, redacted(body)),
        _ => Broken(stored),
    };

    public static ShownBody Raw(StoredBody? stored) => stored switch
    {
        null => Expired,
        { Body: { } body } => Of("raw", stored.ContentType, body.Length, body),
        _ => Broken(stored),
    };

    private static ShownBody Broken(StoredBody stored) => new("broken", stored.ContentType, null, null, null, null);

    private static ShownBody Of(string state, string? contentType, int bytes, byte[]? shown)
    {
        var body = new ShownBody(state, contentType, bytes, null, null, null);
        if (shown is null) return body;
        if (Parsed(shown) is { } json) return body with { Json = json };
        return IsUtf8(shown) ? body with { Text = Encoding.UTF8.GetString(shown) } : body with { Base64 = Convert.ToBase64String(shown) };
    }

    // Only what every reader understands in one way: otherwise it is shown as it stands there.
    private static JsonElement? Parsed(byte[] body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || JsonWalk.Over(ref reader, body) is not null) return null;
            return JsonSerializer.Deserialize<JsonElement>(body, Deep);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsUtf8(byte[] body) => System.Text.Unicode.Utf8.IsValid(body) && !body.AsSpan().Contains((byte)0);
}
