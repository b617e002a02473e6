using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class DisableRule
{
    public static Command In(Shell shell)
    {
        var rule = new Argument<string>("rule") { Description = "Id or name." };
        return shell.Verb("disable", "Stop routing by a rule; what it has routed is still delivered.", ["eventmesh rules disable big-orders -w acme"], [rule, shell.Workspace], async call =>
        {
            var id = await Names.Rule(call, call.Given(rule));
            var changed = await call.Client.Patch(call.InWorkspace($"rules/{id}"), new JsonObject { ["status"] = "disabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Disabled {Readable.Line(call.Given(rule))}."));
        });
    }
}
