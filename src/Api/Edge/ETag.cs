using System.Globalization;

namespace EventMesh.Api.Edge;

/// <summary>The version of a stream as an entity tag (RFC 9110 §8.8.3), and what <c>If-Match</c> asks of it.</summary>
public static class ETag
{
    public static void Set(HttpResponse response, long version) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version that the request expects; null when any will do.</summary>
    /// <exception cref="ProblemException">412: the header names no version that a stream could have.</exception>
    public static long? Expected(HttpRequest request)
    {
        var tag = request.Headers.IfMatch.ToString();
        if (tag.Length == 0 || tag == "*") return null;
        // Weak and foreign tags never match (RFC 9110 §13.1.1 compares strongly).
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Problem.VersionMismatch.At("If-Match", "is not an ETag that was given here");
    }
}
