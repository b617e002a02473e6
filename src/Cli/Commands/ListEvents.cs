using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListEvents
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List published events.", ["eventmesh events list -w acme --limit 10"], [shell.Workspace, .. pages.Options], call =>
            pages.Show(call, call.InWorkspace($"events"), $"Nothing has been published in {call.Workspace} yet.",
                ("ID", "id"), ("TYPE", "type"), ("SOURCE", "source"), ("SUBJECT", "subject"), ("RESOURCE", "resource"), ("RESOURCE ID", "resource_id"),
                ("ACCEPTED", "accepted_at"), ("BYTES", "size")));
    }
}
