using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetRule
{
    public static Command In(Shell shell)
    {
        var rule = new Argument<string>("rule") { Description = "Id or name." };
        return shell.Verb("get", "Show a rule.", ["eventmesh rules get big-orders -w acme"], [rule, shell.Workspace, shell.At], async call =>
        {
            var id = await Names.Rule(call, call.Given(rule));
            var found = await call.Client.Get(call.Then(call.InWorkspace($"rules/{id}")), call.Cancel);
            call.Output.Show(found, answer => call.Output.Details(answer, "id", "name", "status", "filter", "mapping", "ordering", "connections", "created_at"));
        });
    }
}
