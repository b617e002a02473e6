using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteExport
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The export, exp_…" };
        return shell.Verb("delete", "Delete an export that has ended; its history stays.", ["eventmesh exports delete exp_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Delete(call.InWorkspace($"exports/{call.Given(id)}"), call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} is deleted."));
        });
    }
}
