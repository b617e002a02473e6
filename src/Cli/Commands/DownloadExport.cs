using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DownloadExport
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The export, exp_…" };
        var output = new Option<string?>("--output", "-o") { Description = "The file; in this directory, by the export's name, without it.", HelpName = "FILE" };
        return shell.Verb("download", "Download a finished export; one that broke off goes on where it was.",
            ["eventmesh exports download exp_… -w acme", "eventmesh exports download exp_… -w acme --output history.ndjson.gz"], [id, shell.Workspace, output], async call =>
            {
                var export = await call.Client.Get(call.InWorkspace($"exports/{call.Given(id)}"), call.Cancel);
                if (export.Text("state") != "finished" || export.Text("file_name").Length == 0)
                    throw new Failure(ExitCode.Refused, export.Text("state") == "finished" ? "this export is in a bucket" : $"this export is {export.Text("state")}", "`eventmesh exports get` shows it.");
                // Its name is ours: an id and an ending.
                var file = call.Value(output) ?? Path.GetFileName(export.Text("file_name"));
                await new Download(call, export, file).Run();
                call.Output.Show(export, _ => call.Output.Line($"{Readable.Line(file)}: {export.Text("events")} events, {export.Text("bytes")} bytes, SHA-256 {export.Text("sha256")}"));
            });
    }
}
