using System.Net.Http.Headers;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>A refusal of the server (Problem Details, RFC 9457) as a sentence, its fields with their reasons, and a next step.</summary>
internal static class Problem
{
    public static Failure From(int status, string body, string server, RetryConditionHeaderValue? retryAfter = null)
    {
        var problem = Parse(body);
        var title = Readable.At(problem, "title") is { Length: > 0 } text ? text : $"the server answered {status}";
        var detail = Readable.At(problem, "detail");
        List<string> lines = [$"{title} ({status})"];
        if (detail.Length > 0 && detail != title)
            lines.Add($"  {detail}");
        lines.AddRange(Fields(problem).Select(field => $"  {field.Name}: {field.Reason}"));
        return new Failure(
            ExitCode.OfStatus(status), string.Join('\n', lines), Next(status, server, retryAfter),
            problem.ValueKind == JsonValueKind.Object ? body : null);
    }

    /// <summary>The members of <c>errors</c>: an object of name to reasons, or a list of objects that name a field.</summary>
    private static IEnumerable<(string Name, string Reason)> Fields(JsonElement problem)
    {
        if (problem.ValueKind != JsonValueKind.Object || !problem.TryGetProperty("errors", out var errors))
            return [];
        return errors.ValueKind switch
        {
            JsonValueKind.Object => errors.EnumerateObject().Select(field => (Readable.Line(field.Name), Readable.Text(field.Value))),
            JsonValueKind.Array => errors.EnumerateArray().Select(error => (First(error, "field", "pointer"), First(error, "reason", "detail"))),
            _ => [],
        };
    }

    private static string First(JsonElement error, params string[] names) =>
        names.Select(name => Readable.At(error, name)).FirstOrDefault(text => text.Length > 0) ?? "";

    private static JsonElement Parse(string body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            // A proxy in between answers in HTML: the status says all there is to say.
            return default;
        }
    }

    private static string? Next(int status, string server, RetryConditionHeaderValue? retryAfter) => status switch
    {
        401 => "Give a token that this server knows: EVENTMESH_TOKEN, --token, or the file $EVENTMESH_HOME/admin-token of a local server.",
        403 => "This token may not do that: use the platform admin's token.",
        404 => "Check the name and the workspace: `eventmesh workspaces list`, `eventmesh connections list -w WORKSPACE`. A key sees its own workspace only.",
        429 => retryAfter?.Delta is { } wait ? $"Try again in {wait.TotalSeconds:0} s." : "Try again later.",
        >= 300 and < 400 => "The server sends us elsewhere, and a token is not taken there: give the final address with --server.",
        >= 500 => $"The server at {server} is in trouble: look at its log, or ask {server}/readyz.",
        _ => null,
    };
}
