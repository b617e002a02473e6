using System.Text.Json;

namespace EventMesh.Api.CloudEvents;

/// <summary>
/// Walks over one JSON value and refuses what two readers of it could understand differently: a member that is there twice, half a surrogate pair
/// (RFC 7493 §2.1, §2.3).
/// </summary>
internal sealed class JsonWalk
{
    // Names of a small object are compared where they lie; only a large object is worth a set.
    private const int ComparedMax = 16;

    [ThreadStatic] private static JsonWalk? free;

    private readonly List<(int Start, int Length)> names = [];
    private readonly Stack<(int FirstName, HashSet<string>? Set)> objects = [];

    /// <summary>Moves the reader from a value's first token to its last.</summary>
    /// <param name="json">All that the reader reads.</param>
    /// <returns>What is wrong, as the end of a sentence; null when nothing is.</returns>
    /// <exception cref="JsonException">It is not JSON, or too deep.</exception>
    public static string? Over(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var walk = free ?? new();
        free = null;
        walk.names.Clear();
        walk.objects.Clear();
        var wrong = walk.Value(ref reader, json);
        free = walk;
        return wrong;
    }

    private string? Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        string? wrong = null;
        var depth = reader.CurrentDepth;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    objects.Push((names.Count, null));
                    break;
                case JsonTokenType.EndObject:
                    names.RemoveRange(objects.Peek().FirstName, names.Count - objects.Pop().FirstName);
                    break;
                case JsonTokenType.PropertyName:
                    if (!IsPaired(ref reader)) return wrong ?? Consume(ref reader, depth, "has a member's name with an unpaired surrogate");
                    if (!IsNew(ref reader, json)) wrong ??= $"has the member '{Shown(reader.GetString()!)}' twice";
                    break;
                case JsonTokenType.String:
                    if (!IsPaired(ref reader)) wrong ??= "has a string with an unpaired surrogate";
                    break;
            }
        }
        while (!IsEnd(ref reader, depth) && reader.Read());
        return wrong;
    }

    // The value still has to be read to its end, for the reader's sake and for that of its syntax.
    private static string Consume(ref Utf8JsonReader reader, int depth, string wrong)
    {
        while (!IsEnd(ref reader, depth) && reader.Read()) { }
        return wrong;
    }

    private static bool IsEnd(ref Utf8JsonReader reader, int depth) =>
        reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    private bool IsNew(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var (first, set) = objects.Peek();
        if (set is not null) return set.Add(reader.GetString()!);
        if (reader.ValueIsEscaped || names.Count - first >= ComparedMax)
        {
            set = new(StringComparer.Ordinal);
            foreach (var (start, length) in names[first..]) set.Add(System.Text.Encoding.UTF8.GetString(json.Slice(start, length)));
            objects.Pop();
            objects.Push((first, set));
            return set.Add(reader.GetString()!);
        }
        var name = reader.ValueSpan;
        for (var i = first; i < names.Count; i++)
            if (names[i].Length == name.Length && json.Slice(names[i].Start, name.Length).SequenceEqual(name)) return false;
        names.Add(((int)reader.TokenStartIndex + 1, name.Length));
        return true;
    }

    /// <summary>Whether every escaped half of a surrogate pair in a string has its other half; others are not valid UTF-8 to begin with.</summary>
    public static bool IsPaired(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return true;
        var text = reader.ValueSpan;
        var high = false;
        for (var i = 0; i < text.Length; i++)
        {
            var unit = -1;
            if (text[i] == '\\' && text[++i] == 'u')
            {
                System.Buffers.Text.Utf8Parser.TryParse(text.Slice(i + 1, 4), out unit, out _, 'x');
                i += 4;
            }
            var low = unit is >= 0xdc00 and <= 0xdfff;
            if (high != low) return false;
            high = unit is >= 0xd800 and <= 0xdbff;
        }
        return !high;
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
