using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

/// <summary>A secret's value on its way to the server: never an argument, for command lines are seen by others and kept in histories.</summary>
internal static class SecretValue
{
    public static Option<string?> Option() => new("--value") { Description = "A file that holds the value, or - for standard input; one line end at its end is left out.", HelpName = "@file|-" };

    /// <summary>What is common to a secret and a further version of it.</summary>
    /// <exception cref="Failure">The value is given as itself, twice or not at all.</exception>
    public static async Task<JsonObject> Body(Call call, Option<string?> value, Option<bool> generate, Option<string?> expires)
    {
        var body = new JsonObject();
        if (call.Value(expires) is { } end)
            body["expires_at"] = end;
        var given = call.Value(value);
        if (call.Value(generate))
        {
            body["generate"] = true;
            return given is null ? body : throw Failure.Usage("--value and --generate exclude one another");
        }

        if (given is null)
            throw Failure.Usage("a value is missing", "Give --value @file, --value - or --generate.");
        if (given != "-" && !given.StartsWith('@'))
            throw Failure.Usage("--value takes no value itself, for others see command lines", "Put it into a file and give --value @file, or pipe it in and give --value -.");
        var text = await JsonInput.Text(call, "--value", given);
        body["value"] = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return body;
    }

    public static void Shown(Call call, Answer made)
    {
        call.Output.Details(made, "version", "expires_at", "value");
        if (made.Text("value").Length > 0)
            call.Output.Note("→ The value is shown only now.");
    }
}
