using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteSource
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        return shell.Verb("delete", "Delete a source; its history and its events stay.", ["eventmesh sources delete github -w acme"], [source, shell.Workspace], async call =>
        {
            var id = await Names.Source(call, call.Given(source));
            var deleted = await call.Client.Delete(call.InWorkspace($"sources/{id}"), call.Cancel);
            call.Output.Show(deleted, _ => call.Output.Line($"Deleted {Readable.Line(call.Given(source))}."));
        });
    }
}
