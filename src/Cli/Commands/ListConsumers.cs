using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListConsumers
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the named consumers with what each has still to read.", ["eventmesh consumers list -w acme"], [shell.Workspace, .. pages.Options], call =>
            pages.Show(call, call.InWorkspace($"consumers"), $"There are no consumers in {call.Workspace}.",
                ("NAME", "name"), ("POSITION", "position"), ("LAG", "lag_events"), ("SECONDS", "lag_seconds"), ("MOVED", "moved_at"), ("SEEN", "seen_at")));
    }
}
