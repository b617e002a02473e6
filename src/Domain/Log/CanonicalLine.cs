using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace EventMesh.Domain.Log;

/// <summary>What a check of the history needs of one line.</summary>
/// <param name="Stream">Its text, UTF-8, as it stands in the JSON.</param>
/// <param name="HasBinary">Whether the row had bytes beside its data, which we never write.</param>
/// <param name="Beyond">Whether the line has members that the canonical form does not cover.</param>
public readonly ref struct EventLine
{
    public required ReadOnlySpan<byte> Workspace { get; init; }
    public required ReadOnlySpan<byte> Stream { get; init; }
    public required ReadOnlySpan<byte> Position { get; init; }
    public required ReadOnlySpan<byte> Id { get; init; }
    public required long Version { get; init; }
    public required bool HasBinary { get; init; }
    public required bool Beyond { get; init; }
}

/// <summary>Makes a line of feed or export canonical: the members that are stored, in their order; those that are null or derived from others left out.</summary>
internal sealed class CanonicalLine(CanonicalWriter writer)
{
    private static readonly byte[][] Names = [.. new[]
    {
        "actor", "archived", "at", "bdata", "causation_id", "correlation_id", "data", "dotnet_type", "headers", "id", "position", "stream", "type", "version", "workspace",
    }.Select(Encoding.UTF8.GetBytes)];
    private const int Archived = 1, At = 2, Binary = 3, Data = 6, Id = 9, Position = 10, Stream = 11, Type = 12, Version = 13, Workspace = 14;
    private static readonly int[] Needed = [At, Data, Id, Position, Stream, Type, Version, Workspace];

    private readonly (int Start, int End, JsonTokenType Kind)[] found = new (int, int, JsonTokenType)[Names.Length];

    public EventLine Read(ReadOnlySpan<byte> json)
    {
        var beyond = Find(json);
        foreach (var needed in Needed)
            if (found[needed].End == 0) throw new FormatException($"The line has no {Encoding.UTF8.GetString(Names[needed])}.");
        if (!Utf8Number(json[found[Version].Start..found[Version].End], out var version)) throw new FormatException("The version is not a number.");

        writer.Raw("{"u8);
        for (var name = 0; name < Names.Length; name++) Write(name, json);
        writer.Raw("}"u8);
        return new()
        {
            Workspace = Text(json, Workspace), Stream = Text(json, Stream), Position = Text(json, Position), Id = Text(json, Id),
            Version = version, HasBinary = found[Binary].End > 0, Beyond = beyond,
        };
    }

    /// <returns>Whether there are other members.</returns>
    private bool Find(ReadOnlySpan<byte> json)
    {
        Array.Clear(found);
        if (!Utf8.IsValid(json)) throw new FormatException("The line is not UTF-8.");
        var beyond = false;
        try
        {
            var reader = new Utf8JsonReader(json, CanonicalWriter.Reading);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("The line is not a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = NameOf(ref reader);
                reader.Read();
                var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
                reader.Skip();
                if (name < 0) beyond = true;
                else if (found[name].Kind != JsonTokenType.None) throw new FormatException($"The line has {Encoding.UTF8.GetString(Names[name])} twice.");
                else found[name] = (start, kind == JsonTokenType.Null && name != Data ? 0 : (int)reader.BytesConsumed, kind);
            }
            // Nothing may follow the object.
            while (reader.Read()) { }
        }
        catch (JsonException fault)
        {
            throw new FormatException(fault.Message, fault);
        }
        return beyond;
    }

    private static int NameOf(ref Utf8JsonReader reader)
    {
        for (var name = 0; name < Names.Length; name++)
            if (reader.ValueTextEquals(Names[name])) return name;
        return -1;
    }

    private void Write(int name, ReadOnlySpan<byte> json)
    {
        var (start, end, kind) = found[name];
        if (end == 0 || name == Archived && kind == JsonTokenType.False) return;
        if (writer.Written.Length > 1) writer.Raw(","u8);
        writer.Raw("\""u8);
        writer.Raw(Names[name]);
        writer.Raw("\":"u8);
        if (name == At) Time(json[start..end]);
        else writer.Json(json[start..end]);
    }

    // The feed leaves off the noughts at the end of a second.
    private void Time(ReadOnlySpan<byte> quoted)
    {
        Span<byte> time = stackalloc byte[32];
        if (quoted.Length is < 22 or > 32 || quoted[^2] != 'Z') throw new FormatException("The time is not one of UTC.");
        var digits = quoted[1..^2];
        if (digits.Length > 26 || digits.Length == 20) throw new FormatException("The time has more than six digits of a second.");
        digits.CopyTo(time);
        if (digits.Length == 19) time[19] = (byte)'.';
        time[Math.Max(digits.Length, 20)..26].Fill((byte)'0');
        time[26] = (byte)'Z';
        Span<char> text = stackalloc char[27];
        Encoding.ASCII.GetChars(time[..27], text);
        if (!DateTimeOffset.TryParseExact(text, CanonicalEvent.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)) throw new FormatException("The time is not one of RFC 3339.");
        writer.Raw("\""u8);
        writer.Raw(time[..27]);
        writer.Raw("\""u8);
    }

    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json, int name)
    {
        var (start, end, kind) = found[name];
        return kind == JsonTokenType.String ? json[(start + 1)..(end - 1)] : throw new FormatException($"The {Encoding.UTF8.GetString(Names[name])} is not a text.");
    }

    private static bool Utf8Number(ReadOnlySpan<byte> digits, out long number) =>
        System.Buffers.Text.Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length && number > 0;
}
