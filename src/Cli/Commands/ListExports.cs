using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListExports
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List exports that are under way or kept.", ["eventmesh exports list -w acme"], [shell.Workspace, .. pages.Options], call =>
            pages.Show(call, call.InWorkspace($"exports"), "There are no exports.",
                ("ID", "id"), ("STATE", "state"), ("FORMAT", "format"), ("TO", "to.kind"), ("%", "per_cent"), ("EVENTS", "events"), ("BYTES", "bytes"), ("STARTED", "started_at"), ("EXPIRES", "expires_at")));
    }
}
