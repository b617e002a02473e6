using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace EventMesh.Api.CloudEvents;

/// <summary>The value of an attribute in a header (CloudEvents HTTP protocol binding 1.0.2, §3.1.3.2).</summary>
public static class CeHeader
{
    /// <returns>The attribute's value: first unquoted, then percent-decoded once; null when the escapes are broken or not UTF-8.</returns>
    public static string? Decode(string header)
    {
        var text = header.Length > 1 && header[0] == '"' && header[^1] == '"' ? Unquote(header) : header;
        if (text is null || !text.Contains('%', StringComparison.Ordinal)) return text;
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] != '%')
                {
                    length += Encoding.UTF8.GetBytes(text.AsSpan(i, char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1), utf8.AsSpan(length));
                    if (char.IsHighSurrogate(text[i])) i++;
                    continue;
                }
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return null;
                utf8[length++] = (byte)((System.Convert.FromHexString(text.AsSpan(i + 1, 2)))[0]);
                i += 2;
            }
            return Utf8.IsValid(utf8.AsSpan(0, length)) ? Encoding.UTF8.GetString(utf8, 0, length) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    // RFC 9110 §5.6.4: a backslash stands before what it keeps.
    private static string? Unquote(string quoted)
    {
        var text = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] == '"') return null;
            if (quoted[i] == '\\' && ++i == quoted.Length - 1) return null;
            text.Append(quoted[i]);
        }
        return text.ToString();
    }
}
