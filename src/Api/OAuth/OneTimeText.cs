using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Api.OAuth;

/// <summary>256 random bits that stand in a link, a state or a cookie. Only their SHA-256 is kept: whoever reads the database cannot use them.</summary>
internal static class OneTimeText
{
    private const int Bytes = 32;

    /// <summary>Base64url of 32 bytes, without padding.</summary>
    public const int Chars = 43;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Hex, lower case. Null for what none of ours looks like.</summary>
    public static string? Sha256(string? text) =>
        text is { Length: Chars } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))) : null;
}
