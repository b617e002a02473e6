using System.Text;

namespace EventMesh.Domain.Log;

/// <summary>
/// The bytes of an event that its leaf in the Merkle log is the hash of (docs/canonical-form.md): one JSON object by the rules of RFC 8785, of what is
/// stored of the event; what is absent is left out. Used again for one event after the other. Not thread-safe.
/// </summary>
public sealed class CanonicalEvent
{
    /// <summary>Always UTC, and always six digits of a second.</summary>
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private readonly CanonicalWriter writer = new();
    private readonly CanonicalLine line;

    public CanonicalEvent() => line = new(writer);

    /// <summary>Of an event that was read from the store. The bytes are good until the next call.</summary>
    /// <exception cref="FormatException">Its data or headers are not JSON.</exception>
    public ReadOnlySpan<byte> Write(in EventFields of)
    {
        writer.Clear();
        // In the order of their names.
        writer.Raw("{"u8);
        Optional("\"actor\":"u8, of.Actor);
        if (of.Archived) Member("\"archived\":true"u8);
        Member("\"at\":"u8);
        writer.Time(of.At);
        if (of.Binary is { } binary) Text("\"bdata\":"u8, Encoding.UTF8.GetBytes(Convert.ToBase64String(binary.Span)));
        Optional("\"causation_id\":"u8, of.CausationId);
        Optional("\"correlation_id\":"u8, of.CorrelationId);
        Member("\"data\":"u8);
        writer.Json(of.Data.Span);
        Optional("\"dotnet_type\":"u8, of.DotnetType);
        if (!of.Headers.IsEmpty && !of.Headers.Span.SequenceEqual("null"u8))
        {
            Member("\"headers\":"u8);
            writer.Json(of.Headers.Span);
        }
        Member("\"id\":"u8);
        writer.Id(of.Id);
        Text("\"position\":"u8, of.Position.Span);
        Text("\"stream\":"u8, of.Stream.Span);
        Text("\"type\":"u8, of.Type.Span);
        Member("\"version\":"u8);
        writer.Number(of.Version);
        Text("\"workspace\":"u8, of.Workspace.Span);
        writer.Raw("}"u8);
        return writer.Written;
    }

    public MerkleHash Leaf(in EventFields of) => MerkleTree.Leaf(Write(of));

    /// <summary>Of a line of the feed or of an export. The bytes are good until the next call; so are those of <paramref name="found"/> as long as the line's.</summary>
    /// <exception cref="FormatException">It is not such a line.</exception>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> json, out EventLine found)
    {
        writer.Clear();
        found = line.Read(json);
        return writer.Written;
    }

    private void Member(ReadOnlySpan<byte> name)
    {
        if (writer.Written.Length > 1) writer.Raw(","u8);
        writer.Raw(name);
    }

    private void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Member(name);
        writer.Text(value);
    }

    private void Optional(ReadOnlySpan<byte> name, ReadOnlyMemory<byte>? value)
    {
        if (value is { } text) Text(name, text.Span);
    }
}
