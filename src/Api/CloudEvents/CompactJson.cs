using System.Buffers;

namespace EventMesh.Api.CloudEvents;

/// <summary>Valid JSON without its white space; strings, numbers and the order of members stay byte for byte.</summary>
internal static class CompactJson
{
    private static readonly SearchValues<byte> OutsideStrings = SearchValues.Create(" \t\r\n\""u8);
    private static readonly SearchValues<byte> InsideStrings = SearchValues.Create("\"\\"u8);

    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json)
    {
        byte[]? compact = null;
        var (written, kept, at) = (0, 0, 0);
        while (at < json.Length)
        {
            var next = json[at..].IndexOfAny(OutsideStrings);
            if (next < 0) break;
            at += next;
            if (json[at] == '"')
            {
                at = EndOfString(json, at + 1);
                continue;
            }
            compact ??= new byte[json.Length];
            Keep(json[kept..at]);
            kept = ++at;
        }
        if (compact is null) return json;
        Keep(json[kept..]);
        return compact.AsSpan(0, written);

        void Keep(ReadOnlySpan<byte> piece)
        {
            piece.CopyTo(compact.AsSpan(written));
            written += piece.Length;
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int at)
    {
        while (true)
        {
            at += json[at..].IndexOfAny(InsideStrings);
            if (json[at] == '"') return at + 1;
            at += 2;
        }
    }
}
