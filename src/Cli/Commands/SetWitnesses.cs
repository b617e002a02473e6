using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetWitnesses
{
    public static Command In(Shell shell)
    {
        var urls = new Argument<string[]>("urls") { Description = "Addresses that each checkpoint is sent to. None takes all away.", Arity = ArgumentArity.ZeroOrMore };
        return shell.Verb("set-witnesses", "Say who outside gets the checkpoints of a workspace's log.",
            ["eventmesh log set-witnesses https://witness.example.org/checkpoints -w acme", "eventmesh log set-witnesses -w acme"], [urls, shell.Workspace], async call =>
            {
                var body = new JsonObject { ["urls"] = new JsonArray([.. (call.Value(urls) ?? []).Select(u => (JsonNode)u)]) };
                ListWitnesses.Show(call, await call.Client.Put(call.InWorkspace($"log/witnesses"), body, call.Cancel));
            });
    }
}
