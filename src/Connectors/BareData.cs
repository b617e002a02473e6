using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EventMesh.Connectors;

/// <summary>
/// A CloudEvent taken apart into its data and its other attributes, as in the binary mode of the CloudEvents 1.0 HTTP binding (§3.1).
/// </summary>
/// <param name="Body">The data's bytes: JSON as it stands, text without its quotes, <c>data_base64</c> decoded. Empty when there is none.</param>
/// <param name="ContentType"><c>datacontenttype</c>; <c>application/json</c> when the event names none; null when there is no data.</param>
/// <param name="Headers">The other attributes as <c>ce-*</c>, percent-encoded.</param>
internal sealed record BareData(ReadOnlyMemory<byte> Body, string? ContentType, List<KeyValuePair<string, string>> Headers)
{
    public const string Json = "application/json";

    // §3.1.3.2: everything but printable ASCII, and of that the space, the double quote and the percent sign.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create(Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Except(['"', '%']).ToArray());

    /// <param name="cloudEvent">Structured JSON.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static BareData From(ReadOnlyMemory<byte> cloudEvent)
    {
        var reader = new Utf8JsonReader(cloudEvent.Span);
        var headers = new List<KeyValuePair<string, string>>(8);
        string? contentType = null;
        string? text = null;
        ReadOnlyMemory<byte>? data = null;

        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && name != "data") continue;
            switch (name)
            {
                case "data":
                    text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    data = Raw(ref reader, cloudEvent);
                    break;
                case "data_base64":
                    data = reader.GetBytesFromBase64();
                    text = null;
                    break;
                case "datacontenttype":
                    contentType = reader.GetString();
                    break;
                default:
                    headers.Add(new("ce-" + name, Escape(Text(ref reader, cloudEvent))));
                    break;
            }
        }

        if (data is not { } body) return new(default, null, headers);
        // A value no header can carry is not a media type either; the bytes still arrive.
        if (contentType is null || !HeaderRules.IsPrintable(contentType)) contentType = contentType is null ? Json : "application/octet-stream";
        return new(text is not null && !IsJson(contentType) ? Encoding.UTF8.GetBytes(text) : body, contentType, headers);
    }

    private static ReadOnlyMemory<byte> Raw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(Raw(ref reader, json).Span);

    private static bool IsJson(ReadOnlySpan<char> contentType)
    {
        var semicolon = contentType.IndexOf(';');
        var type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim();
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    internal static string Escape(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Plain)) return value;
        var escaped = new StringBuilder(value.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.IsAscii && Plain.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
                continue;
            }
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) escaped.Append('%').Append(octet.ToString("X2", null));
        }
        return escaped.ToString();
    }
}
