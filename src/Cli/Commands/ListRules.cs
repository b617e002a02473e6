using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListRules
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List rules.", ["eventmesh rules list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"rules")), $"There are no rules in {call.Workspace} yet.",
                ("ID", "id"), ("NAME", "name"), ("STATUS", "status"), ("FILTER", "filter"), ("CONNECTIONS", "connections")));
    }
}
