using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventMesh.Domain.Filters.Matching;

/// <summary>
/// Strings and names of an event's data, compared without making a string of them: the raw bytes between the quotes are the text itself unless one of them is a backslash.
/// Half of a surrogate pair ("\ud800") is JSON but no text; such a string equals nothing and such a name names nothing.
/// </summary>
internal static class JsonText
{
    public static bool Equals(JsonElement element, string text, ReadOnlySpan<byte> utf8) =>
        IsPlain(element, out var plain) ? plain.SequenceEqual(utf8)
            : TryUnescape(element, out var unescaped) && unescaped == text;

    public static bool StartsWith(JsonElement element, string text, ReadOnlySpan<byte> utf8) =>
        IsPlain(element, out var plain) ? plain.StartsWith(utf8)
            : TryUnescape(element, out var unescaped) && unescaped.StartsWith(text, StringComparison.Ordinal);

    public static bool EndsWith(JsonElement element, string text, ReadOnlySpan<byte> utf8) =>
        IsPlain(element, out var plain) ? plain.EndsWith(utf8)
            : TryUnescape(element, out var unescaped) && unescaped.EndsWith(text, StringComparison.Ordinal);

    public static bool TryCompare(JsonElement element, string text, ReadOnlySpan<byte> utf8, out int sign)
    {
        if (IsPlain(element, out var plain))
        {
            sign = plain.SequenceCompareTo(utf8);
            return true;
        }

        sign = TryUnescape(element, out var unescaped) ? CompareCodePoints(unescaped, text) : 0;
        return unescaped is not null;
    }

    /// <summary>The order of the two texts' Unicode code points, which is also the order of their UTF-8 bytes.</summary>
    public static int CompareCodePoints(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);

        // Surrogates stand for code points above U+FFFF but lie below U+E000 as UTF-16 units.
        int a = left[same], b = right[same];
        return Rank(a).CompareTo(Rank(b));

        static int Rank(int unit) => unit < 0xD800 ? unit : unit < 0xE000 ? unit + 0x2000 : unit - 0x800;
    }

    public static bool TryGetProperty(JsonElement element, ReadOnlySpan<byte> name, out JsonElement property)
    {
        property = default;
        if (element.ValueKind != JsonValueKind.Object)
            return false;

        try
        {
            return element.TryGetProperty(name, out property);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The string in this element; false when it is none, or half of a surrogate pair.</summary>
    public static bool TryUnescape(JsonElement element, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
            return false;

        try
        {
            text = element.GetString();
            return text is not null;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool IsPlain(JsonElement element, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (element.ValueKind != JsonValueKind.String)
            return false;

        plain = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        return !plain.Contains((byte)'\\');
    }
}
