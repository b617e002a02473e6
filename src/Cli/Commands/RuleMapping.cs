using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

/// <summary>A mapping as <c>rules create</c> and <c>rules test</c> take it.</summary>
internal sealed class RuleMapping
{
    private readonly Option<string?> mapping = new("--mapping") { Description = "How the body is shaped: a template with paths into the event.", HelpName = "JSON|@file|-" };

    public Symbol Option => mapping;

    /// <summary>Adds it to a request, if it was given.</summary>
    public async Task Add(Call call, JsonObject request)
    {
        if (call.Value(mapping) is { } given)
            request["mapping"] = await JsonInput.Read(call, "--mapping", given);
    }
}
