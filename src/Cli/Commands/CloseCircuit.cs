using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CloseCircuit
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("close-circuit", "Send to a connection again now, without waiting for the probe of its circuit.", ["eventmesh connections close-circuit orders -w acme"],
            [connection, shell.Workspace], async call =>
            {
                var id = await Names.Connection(call, call.Given(connection));
                var closed = await call.Client.Post(call.InWorkspace($"connections/{id}/circuit/close"), new JsonObject(), call.Cancel);
                call.Output.Show(closed, _ => call.Output.Line($"Closed the circuit of {Readable.Line(call.Given(connection))}."));
            });
    }
}
