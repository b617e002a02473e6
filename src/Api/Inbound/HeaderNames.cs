using System.Buffers;

namespace EventMesh.Api.Inbound;

/// <summary>Names of headers (RFC 9110 §5.1: a token).</summary>
public static class HeaderNames
{
    private const int CharsMax = 100;
    private static readonly SearchValues<char> Token = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>Why this cannot be the name of a header; null when it can.</summary>
    public static string? Check(string name) =>
        name.Length is > 0 and <= CharsMax && !name.AsSpan().ContainsAnyExcept(Token) ? null : "must be the name of a header, such as X-Signature";
}
