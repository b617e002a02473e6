using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListReplays
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List replays with their progress.", ["eventmesh replays list -w acme"], [shell.Workspace, .. pages.Options], call =>
            pages.Show(call, call.InWorkspace($"replays"), "There are no replays.",
                ("ID", "id"), ("KIND", "kind"), ("STATUS", "status"), ("FOUND", "found"), ("DONE", "done"), ("LEFT", "left"), ("STARTED", "started_at"), ("FINISHED", "finished_at")));
    }
}
