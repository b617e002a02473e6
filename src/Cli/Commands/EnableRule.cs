using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class EnableRule
{
    public static Command In(Shell shell)
    {
        var rule = new Argument<string>("rule") { Description = "Id or name." };
        return shell.Verb("enable", "Route by a rule again.", ["eventmesh rules enable big-orders -w acme"], [rule, shell.Workspace], async call =>
        {
            var id = await Names.Rule(call, call.Given(rule));
            var changed = await call.Client.Patch(call.InWorkspace($"rules/{id}"), new JsonObject { ["status"] = "enabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Enabled {Readable.Line(call.Given(rule))}."));
        });
    }
}
