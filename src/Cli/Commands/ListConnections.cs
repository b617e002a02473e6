using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListConnections
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List connections.", ["eventmesh connections list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"connections")), $"There are no connections in {call.Workspace} yet.",
                ("ID", "id"), ("NAME", "name"), ("KIND", "kind"), ("STATUS", "status"), ("URL", "config.url"), ("CREATED", "created_at")));
    }
}
