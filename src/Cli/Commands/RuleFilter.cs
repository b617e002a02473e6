using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

/// <summary>A filter as <c>rules create</c> and <c>rules test</c> take it: JSON, or its commonest members as options, or both.</summary>
internal sealed class RuleFilter
{
    private readonly Option<string[]> types = new("--type") { Description = "Types to match, such as 'order.*'; may be repeated.", HelpName = "PATTERN" };
    private readonly Option<string[]> sources = new("--source") { Description = "Sources to match; may be repeated." };
    private readonly Option<string?> filter = new("--filter") { Description = "The filter.", HelpName = "JSON|@file|-" };

    public Symbol[] Options => [types, sources, filter];

    public async Task<JsonObject> Read(Call call)
    {
        var json = call.Value(filter) is { } given ? await JsonInput.ReadObject(call, "--filter", given) : [];
        Add("type", call.Value(types));
        Add("source", call.Value(sources));
        return json;

        void Add(string member, string[]? values)
        {
            if (values is not { Length: > 0 })
                return;
            if (json.ContainsKey(member))
                throw Failure.Usage($"--filter has `{member}` already", $"Give it there or as --{member}, not both.");
            json.Insert(0, member, new JsonArray([.. values.Select(value => (JsonNode)value)]));
        }
    }
}
