using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateKey
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "What the key is for." };
        var roles = new Option<string[]>("--role") { Description = "What it may do: operator, developer, auditor, publisher. All of them when left out.", HelpName = "ROLE", AllowMultipleArgumentsPerToken = true };
        return shell.Verb("create", "Create an API key of one workspace. It is shown once.",
            ["eventmesh keys create checkout-service -w acme --role publisher", "export EVENTMESH_TOKEN=$(eventmesh keys create ci -w acme --json | jq -r .key)"],
            [name, shell.Workspace, roles], async call =>
            {
                var body = new JsonObject { ["name"] = call.Given(name) };
                if (call.Value(roles) is { Length: > 0 } given)
                    body["roles"] = new JsonArray([.. given.Select(role => JsonValue.Create(role))]);
                var created = await call.Client.Post(call.InWorkspace($"keys"), body, call.Cancel);
                call.Output.Show(created, key =>
                {
                    call.Output.Line($"Created key {call.Given(name)} in {call.Workspace}.");
                    call.Output.Details(key, "id", "roles", "key");
                    call.Output.Note("→ The key is shown only now. Use it as EVENTMESH_TOKEN.");
                });
            });
    }
}
