using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteConnection
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("delete", "Delete a connection; its history stays.", ["eventmesh connections delete orders -w acme"], [connection, shell.Workspace], async call =>
        {
            var id = await Names.Connection(call, call.Given(connection));
            var deleted = await call.Client.Delete(call.InWorkspace($"connections/{id}"), call.Cancel);
            call.Output.Show(deleted, _ => call.Output.Line($"Deleted {Readable.Line(call.Given(connection))}."));
        });
    }
}
