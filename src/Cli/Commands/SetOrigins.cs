using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetOrigins
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var origins = new Argument<string[]>("origins") { Description = "Origins as browsers write them: https://app.example.com. None takes all away.", Arity = ArgumentArity.ZeroOrMore };
        return shell.Verb("set-origins", "Say which web origins' pages may call the API for a workspace.",
            ["eventmesh workspaces set-origins acme https://app.example.com http://localhost:5173", "eventmesh workspaces set-origins acme"],
            [id, origins], async call =>
            {
                var body = new JsonObject { ["allowed_origins"] = new JsonArray([.. (call.Value(origins) ?? []).Select(o => (JsonNode)o)]) };
                var answer = await call.Client.Put(Route.To($"/v1/workspaces/{call.Given(id)}/origins"), body, call.Cancel);
                call.Output.Show(answer, workspace => call.Output.Details(workspace, "id", "allowed_origins"));
            });
    }
}
