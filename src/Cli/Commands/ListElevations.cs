using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListElevations
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List who of the platform asked to act in a workspace, and what became of it.", ["eventmesh elevation list -w acme"], [shell.Workspace, .. pages.Options], call =>
            pages.Show(call, call.InWorkspace($"elevations"), "There are no elevations.",
                ("ID", "id"), ("ADMIN", "admin"), ("ROLES", "roles"), ("STATUS", "status"), ("REASON", "reason"), ("REQUESTED", "requested_at"), ("DECIDED BY", "decided_by"), ("ENDS", "ends_at")));
    }
}
