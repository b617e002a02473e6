using System.Net.Http.Headers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>Whether two answers tell anything apart.</summary>
internal static class Compared
{
    // When it was asked, and which request it was.
    private static readonly string[] OfEachRequest = ["Date", "traceparent", "X-Request-Id", "X-Trace-Id"];

    // How many calls are left counts down with every call.
    private static readonly string[] Counting = ["RateLimit-Remaining", "RateLimit-Reset"];

    /// <summary>Status, body and headers; what was asked for may be named in the answer.</summary>
    public static void Alike(string why, (string Path, Answer Answer) one, (string Path, Answer Answer) other)
    {
        Assert.True(one.Answer.Status == other.Answer.Status, $"{why}: {one.Path} answers {(int)one.Answer.Status} and {other.Path} {(int)other.Answer.Status}: {one.Answer.Text} / {other.Answer.Text}");
        Assert.Equal(Body(other), Body(one));
        Assert.Equal(other.Answer.ContentType, one.Answer.ContentType);
        Assert.Equal(Headers(other.Answer.Headers), Headers(one.Answer.Headers));
    }

    private static string Body((string Path, Answer Answer) asked) =>
        asked.Path.Split('/').Where(s => s.Length > 3).OrderByDescending(s => s.Length).Aggregate(asked.Answer.Text, (text, segment) => text.Replace(segment, "~", StringComparison.Ordinal));

    private static List<string> Headers(HttpResponseHeaders headers) =>
        [.. headers.Where(h => !OfEachRequest.Contains(h.Key)).Select(h => Counting.Contains(h.Key) ? h.Key : $"{h.Key}: {string.Join(',', h.Value)}").Order(StringComparer.Ordinal)];
}
