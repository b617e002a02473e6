using System.Net.Http.Headers;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>A refusal of the server (Problem Details, RFC 9457) as a sentence, its fields with their reasons, and a next step.</summary>
internal static class Problem
{
    public static Failure From(int status, string body, string server, RetryConditionHeaderValue? retryAfter = null)
    {
        var problem = Parse(body);
        var fields = Fields(problem).ToArray();
        // Issuers answer as OAuth has it (RFC 6749 §5.2).
        var (title, detail) = (Readable.At(problem, "title"), Readable.At(problem, "detail") is { Length: > 0 } said ? said : Readable.At(problem, "error_description"));
        // With fields the detail only repeats them; without, it says more than the title.
        var sentence = new[] { fields.Length == 0 ? detail : "", title, "The server refused" }.First(text => text.Length > 0);
        return new Failure(
            ExitCode.OfStatus(status), string.Join("\n  ", [$"{sentence} ({status})", .. fields]), Next(status, server, retryAfter),
            problem.ValueKind == JsonValueKind.Object ? body : null);
    }

    /// <summary>What is wrong with each field; a reason is the end of a sentence that begins with the field.</summary>
    private static IEnumerable<string> Fields(JsonElement problem) =>
        Readable.Find(problem, "errors") is { ValueKind: JsonValueKind.Array } errors
            ? errors.EnumerateArray().Select(error => $"{Readable.At(error, "field")} {Readable.At(error, "reason")}")
            : [];

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
        401 => "Give a token that this server knows: EVENTMESH_TOKEN, --token, the key kept in $EVENTMESH_HOME/keys, or a local server's $EVENTMESH_HOME/admin-token.",
        403 => "This token's roles do not reach that far: inside a workspace ask its operator for a key with the role; workspaces and plans are the platform admin's.",
        404 => "Check the name and the workspace: `eventmesh workspaces list`, `eventmesh connections list -w WORKSPACE`. A key sees its own workspace only.",
        429 => retryAfter?.Delta is { } wait ? $"Try again in {wait.TotalSeconds:0} s." : "Try again later.",
        >= 300 and < 400 => "The server sends us elsewhere, and a token is not taken there: give the final address with --server.",
        >= 500 => $"The server at {server} is in trouble: look at its log, or ask {server}/readyz.",
        _ => null,
    };
}
