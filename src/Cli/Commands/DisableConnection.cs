using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class DisableConnection
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("disable", "Stop delivering to a connection.", ["eventmesh connections disable orders -w acme"], [connection, shell.Workspace], async call =>
        {
            var id = await Names.Connection(call, call.Given(connection));
            var changed = await call.Client.Patch(call.InWorkspace($"connections/{id}"), new JsonObject { ["status"] = "disabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Disabled {Readable.Line(call.Given(connection))}."));
        });
    }
}
