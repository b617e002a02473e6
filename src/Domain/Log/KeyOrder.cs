using System.Text.Json;

namespace EventMesh.Domain.Log;

/// <summary>The order of RFC 8785 §3.2.3: by UTF-16 code units. That of UTF-8 bytes differs from it in one place alone, so that nothing is decoded.</summary>
internal static class KeyOrder
{
    private const byte FourBytes = 0xF0;
    private const byte AboveSurrogates = 0xEE;

    /// <param name="left">A key with its quotes, escaped.</param>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Contains((byte)'\\') || right.Contains((byte)'\\')) return string.CompareOrdinal(Unescaped(left), Unescaped(right));
        left = left[1..^1];
        right = right[1..^1];
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length - right.Length;
        var (l, r) = (left[same], right[same]);
        // A character of four bytes is a pair of surrogates (U+D800 to U+DFFF), which stand before the characters from U+E000 on.
        if (l >= FourBytes && r is >= AboveSurrogates and < FourBytes) return -1;
        if (r >= FourBytes && l is >= AboveSurrogates and < FourBytes) return 1;
        return l - r;
    }

    private static string Unescaped(ReadOnlySpan<byte> key)
    {
        var reader = new Utf8JsonReader(key);
        reader.Read();
        return reader.GetString()!;
    }
}
