using System.Buffers;
using System.Buffers.Text;

namespace EventMesh.Api.Jose;

/// <summary>
/// base64url without padding (RFC 7515 §2, RFC 4648 §5 and §3.5): one spelling for each list of bytes. Spaces, <c>=</c>, the other alphabet and
/// left-over bits that are not zero are refused; a reader that is lenient here makes one token into many.
/// </summary>
public static class StrictBase64Url
{
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Letters)) return false;
        var decoded = new byte[text.Length * 3 / 4];
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done || written != decoded.Length) return false;
        Span<char> again = text.Length <= 1024 ? stackalloc char[text.Length] : new char[text.Length];
        if (!Base64Url.TryEncodeToChars(decoded, again, out _) || !text.SequenceEqual(again)) return false;
        bytes = decoded;
        return true;
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
