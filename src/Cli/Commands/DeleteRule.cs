using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteRule
{
    public static Command In(Shell shell)
    {
        var rule = new Argument<string>("rule") { Description = "Id or name." };
        return shell.Verb("delete", "Delete a rule; its history stays.", ["eventmesh rules delete big-orders -w acme"], [rule, shell.Workspace], async call =>
        {
            var id = await Names.Rule(call, call.Given(rule));
            var deleted = await call.Client.Delete(call.InWorkspace($"rules/{id}"), call.Cancel);
            call.Output.Show(deleted, _ => call.Output.Line($"Deleted {Readable.Line(call.Given(rule))}."));
        });
    }
}
