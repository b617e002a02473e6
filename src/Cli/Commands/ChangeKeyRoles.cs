using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ChangeKeyRoles
{
    public static Command In(Shell shell)
    {
        var key = new Argument<string>("key") { Description = "Id or name." };
        var roles = new Argument<string[]>("role") { Description = "All that it may do from now on: operator, developer, auditor, publisher.", Arity = ArgumentArity.OneOrMore };
        return shell.Verb("set-roles", "Give an API key other roles; the key itself stays.", ["eventmesh keys set-roles checkout-service publisher -w acme"],
            [key, roles, shell.Workspace], async call =>
            {
                var id = await Names.Key(call, call.Given(key));
                var body = new JsonObject { ["roles"] = new JsonArray([.. call.Given(roles).Select(role => JsonValue.Create(role))]) };
                var changed = await call.Client.Patch(call.InWorkspace($"keys/{id}"), body, call.Cancel);
                call.Output.Show(changed, now => call.Output.Line($"{Readable.Line(call.Given(key))} has the roles {now.Text("roles")}."));
            });
    }
}
