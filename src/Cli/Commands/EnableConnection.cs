using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class EnableConnection
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("enable", "Deliver to a connection again.", ["eventmesh connections enable orders -w acme"], [connection, shell.Workspace], async call =>
        {
            var id = await Names.Connection(call, call.Given(connection));
            var changed = await call.Client.Patch(call.InWorkspace($"connections/{id}"), new JsonObject { ["status"] = "enabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Enabled {Readable.Line(call.Given(connection))}."));
        });
    }
}
