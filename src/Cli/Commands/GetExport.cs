using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetExport
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The export, exp_…" };
        var watch = new Option<bool>("--watch") { Description = "Follow it until it ends." };
        return shell.Verb("get", "Show an export and how far it has come.", ["eventmesh exports get exp_… -w acme", "eventmesh exports get exp_… -w acme --watch"],
            [id, shell.Workspace, watch], async call => ExportProgress.Show(call,
                call.Value(watch) ? await ExportProgress.Watch(call, call.Given(id)) : await call.Client.Get(call.InWorkspace($"exports/{call.Given(id)}"), call.Cancel)));
    }
}
