using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateKey
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "What the key is for." };
        return shell.Verb("create", "Create an API key of one workspace. It is shown once.",
            ["eventmesh keys create checkout-service -w acme", "export EVENTMESH_TOKEN=$(eventmesh keys create ci -w acme --json | jq -r .key)"],
            [name, shell.Workspace], async call =>
            {
                var created = await call.Client.Post(call.InWorkspace($"keys"), new JsonObject { ["name"] = call.Given(name) }, call.Cancel);
                call.Output.Show(created, key =>
                {
                    call.Output.Line($"Created key {call.Given(name)} in {call.Workspace}.");
                    call.Output.Details(key, "id", "key");
                    call.Output.Note("→ The key is shown only now. Use it as EVENTMESH_TOKEN.");
                });
            });
    }
}
