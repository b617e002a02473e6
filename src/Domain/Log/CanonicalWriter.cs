using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Log;

/// <summary>
/// JSON as RFC 8785 writes it: keys in the order of their UTF-16 code units, no white space, the fewest escapes. Numbers keep the digits they came with,
/// because PostgreSQL's jsonb keeps numbers that no double holds. It is used for one event after the other, and then allocates nothing. Not thread-safe.
/// </summary>
internal sealed class CanonicalWriter
{
    // Deeper than jsonb's own parser goes.
    public static readonly JsonReaderOptions Reading = new() { MaxDepth = 100_000 };
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private const int PlainBytesMax = 40;

    private readonly record struct Member(int Start, int KeyEnd, int End);

    private readonly record struct Open(bool IsObject, int FirstMember);

    // What is written is moved only where members were not in order yet: of every object that is open, where its members stand in the buffer.
    private readonly List<Member> members = [];
    private readonly Stack<Open> open = [];
    private readonly Comparison<Member> byKey;
    private byte[] buffer = new byte[4_096];
    private byte[] scratch = new byte[4_096];
    private int length;

    public CanonicalWriter() => byKey = (a, b) => KeyOrder.Compare(Key(a), Key(b));

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Clear() => length = 0;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        length += bytes.Length;
    }

    /// <summary>A time of UTC with six digits of a second.</summary>
    public void Time(DateTimeOffset at)
    {
        // The round-trip form has seven digits and then a Z.
        var room = Room(PlainBytesMax);
        room[0] = (byte)'"';
        at.UtcDateTime.TryFormat(room[1..], out var written, "O", CultureInfo.InvariantCulture);
        "Z\""u8.CopyTo(room[(written - 1)..]);
        length += written + 1;
    }

    public void Id(Guid id)
    {
        var room = Room(PlainBytesMax);
        room[0] = (byte)'"';
        id.TryFormat(room[1..], out var written);
        room[written + 1] = (byte)'"';
        length += written + 2;
    }

    public void Number(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        length += written;
    }

    /// <summary>One JSON value.</summary>
    /// <exception cref="FormatException">It is not JSON, an object has a key twice, or a text has an unpaired surrogate.</exception>
    public void Json(ReadOnlySpan<byte> json)
    {
        members.Clear();
        open.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, Reading);
            while (reader.Read()) Token(ref reader);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException(fault.Message, fault);
        }
    }

    private void Token(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                if (EndMember(open.Peek())) Raw(","u8);
                var start = length;
                Text(ref reader);
                members.Add(new(start, length, 0));
                Raw(":"u8);
                return;
            case JsonTokenType.EndObject:
                var ended = open.Pop();
                if (EndMember(ended)) Order(ended.FirstMember);
                Raw("}"u8);
                return;
            case JsonTokenType.EndArray:
                open.Pop();
                Raw("]"u8);
                return;
        }
        if (open.TryPeek(out var around) && !around.IsObject && buffer[length - 1] != '[') Raw(","u8);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                open.Push(new(true, members.Count));
                Raw("{"u8);
                break;
            case JsonTokenType.StartArray:
                open.Push(new(false, 0));
                Raw("["u8);
                break;
            case JsonTokenType.String:
                Text(ref reader);
                break;
            default:
                Raw(reader.ValueSpan);
                break;
        }
    }

    /// <returns>Whether the object has members.</returns>
    private bool EndMember(Open of)
    {
        if (members.Count == of.FirstMember) return false;
        members[^1] = members[^1] with { End = length };
        return true;
    }

    private void Order(int first)
    {
        var own = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members)[first..];
        var ordered = true;
        for (var i = 1; ordered && i < own.Length; i++) ordered = byKey(own[i - 1], own[i]) < 0;
        if (!ordered) Reorder(own);
        members.RemoveRange(first, own.Length);
    }

    private void Reorder(Span<Member> own)
    {
        var (start, end) = (own[0].Start, length);
        own.Sort(byKey);
        for (var i = 1; i < own.Length; i++)
            if (byKey(own[i - 1], own[i]) == 0) throw new FormatException($"The key {Encoding.UTF8.GetString(Key(own[i]))} is there twice.");
        var moved = Scratch(end - start);
        Written[start..].CopyTo(moved);
        length = start;
        foreach (var member in own)
        {
            if (length > start) Raw(","u8);
            Raw(moved[(member.Start - start)..(member.End - start)]);
        }
    }

    private ReadOnlySpan<byte> Key(Member member) => buffer.AsSpan(member.Start, member.KeyEnd - member.Start);

    private void Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            Raw("\""u8);
            Raw(reader.ValueSpan);
            Raw("\""u8);
            return;
        }
        var room = Scratch(reader.ValueSpan.Length);
        Text(room[..reader.CopyString(room)]);
    }

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        while (utf8.IndexOfAny(Escaped) is >= 0 and var at)
        {
            Raw(utf8[..at]);
            Escape(utf8[at]);
            utf8 = utf8[(at + 1)..];
        }
        Raw(utf8);
        Raw("\""u8);
    }

    private void Escape(byte c) => Raw(c switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\b' => "\\b"u8,
        (byte)'\t' => "\\t"u8,
        (byte)'\n' => "\\n"u8,
        (byte)'\f' => "\\f"u8,
        (byte)'\r' => "\\r"u8,
        _ => (ReadOnlySpan<byte>)[(byte)'\\', (byte)'u', (byte)'0', (byte)'0', "0123456789abcdef"u8[c >> 4], "0123456789abcdef"u8[c & 15]],
    });

    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - length < bytes) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        return buffer.AsSpan(length);
    }

    private Span<byte> Scratch(int bytes)
    {
        if (scratch.Length < bytes) scratch = new byte[Math.Max(scratch.Length * 2, bytes)];
        return scratch;
    }
}
