using System.Buffers;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Domain.Publishing;

namespace EventMesh.Api.CloudEvents;

/// <summary>An event while it is read: attributes are checked as they come in, and what is wrong is gathered.</summary>
/// <param name="wrong">Where errors go.</param>
/// <param name="at">What comes before a field's name, such as <c>[3].</c> in a batch.</param>
/// <param name="isOurs">Whether the platform itself is the publisher.</param>
internal sealed class Draft(List<FieldError> wrong, string at, bool isOurs = false)
{
    private enum DataKind { None, Json, Base64, Bytes, Text }

    private readonly SortedList<string, ExtensionValue> extensions = new(StringComparer.Ordinal);
    private readonly int wrongBefore = wrong.Count;
    private string? specVersion, id, source, type, subject, time, dataContentType, dataSchema;
    private ReadOnlyMemory<byte> data;
    private DataKind dataKind;

    public string? DataContentType => dataContentType;

    public void Refuse(string field, string reason) => wrong.Add(new(at + field, reason));

    public void Set(string name, string value)
    {
        if (AttributeRules.Check(name, value) is { } reason) Refuse(name, reason);
        switch (name)
        {
            case "specversion": specVersion = value; break;
            case "id": id = value; break;
            case "source":
                if (!isOurs && PlatformSource.Is(value)) Refuse(name, $"may not begin with {PlatformSource.Prefix}: those are the platform's own");
                source = value;
                break;
            case "type": type = value; break;
            case "subject": subject = value; break;
            case "time": time = value; break;
            case "datacontenttype": dataContentType = value; break;
            case "dataschema": dataSchema = value; break;
            default: Extend(name, new(value, null)); break;
        }
    }

    public void Set(string name, int value) => Extend(name, new(null, value));

    public void Set(string name, bool value) => Extend(name, new(null, value));

    /// <summary>Data that is JSON, as it was sent.</summary>
    public void SetJson(ReadOnlyMemory<byte> json) => Hold(json, DataKind.Json);

    /// <summary>A JSON string of base64, with its quotes.</summary>
    public void SetBase64(ReadOnlyMemory<byte> quoted) => Hold(quoted, DataKind.Base64);

    public void SetBytes(ReadOnlyMemory<byte> bytes) => Hold(bytes, DataKind.Bytes);

    /// <summary>UTF-8.</summary>
    public void SetText(ReadOnlyMemory<byte> text) => Hold(text, DataKind.Text);

    private void Hold(ReadOnlyMemory<byte> bytes, DataKind kind)
    {
        if (dataKind != DataKind.None && dataKind != kind) Refuse("data_base64", "and data may not both be there");
        (data, dataKind) = (bytes, kind);
    }

    private void Extend(string name, ExtensionValue value)
    {
        if (AttributeRules.CheckName(name) is { } reason) Refuse(name, reason);
        else extensions[name] = value;
    }

    /// <summary>The event, when nothing was wrong with it.</summary>
    public CloudEvent? Finish()
    {
        if (specVersion is null) Refuse("specversion", "is required");
        if (id is null) Refuse("id", "is required");
        if (source is null) Refuse("source", "is required");
        if (type is null) Refuse("type", "is required");
        if (wrong.Count > wrongBefore) return null;
        return new(id!, source!, type!, subject, Text("resource"), Text("resourceid"), time, Write());
    }

    private string? Text(string extension) => extensions.TryGetValue(extension, out var value) ? value.Text : null;

    // One order of attributes and no white space, so that the same event has the same digest in every mode.
    private ReadOnlyMemory<byte> Write()
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + data.Length / 2 + 512);
        using var json = new Utf8JsonWriter(buffer, EdgeJson.Writing);
        json.WriteStartObject();
        json.WriteString("specversion"u8, specVersion);
        json.WriteString("id"u8, id);
        json.WriteString("source"u8, source);
        json.WriteString("type"u8, type);
        if (subject is not null) json.WriteString("subject"u8, subject);
        if (time is not null) json.WriteString("time"u8, time);
        if (dataContentType is not null) json.WriteString("datacontenttype"u8, dataContentType);
        if (dataSchema is not null) json.WriteString("dataschema"u8, dataSchema);
        foreach (var (name, value) in extensions) value.Write(json, name);
        WriteData(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteData(Utf8JsonWriter json)
    {
        switch (dataKind)
        {
            case DataKind.Json:
                json.WritePropertyName("data"u8);
                // It was validated on the way in.
                json.WriteRawValue(CompactJson.Of(data.Span), skipInputValidation: true);
                break;
            case DataKind.Base64:
                json.WritePropertyName("data_base64"u8);
                json.WriteRawValue(data.Span, skipInputValidation: true);
                break;
            case DataKind.Bytes:
                json.WriteBase64String("data_base64"u8, data.Span);
                break;
            case DataKind.Text:
                json.WriteString("data"u8, data.Span);
                break;
        }
    }

    private readonly record struct ExtensionValue(string? Text, object? Other)
    {
        public void Write(Utf8JsonWriter json, string name)
        {
            if (Text is not null) json.WriteString(name, Text);
            else if (Other is bool flag) json.WriteBoolean(name, flag);
            else json.WriteNumber(name, (int)Other!);
        }
    }
}
