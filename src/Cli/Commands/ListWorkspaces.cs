using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListWorkspaces
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List workspaces.", ["eventmesh workspaces list", "eventmesh workspaces list --all --json"], [shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then("/v1/workspaces"), "There are no workspaces yet: eventmesh workspaces create NAME --name \"…\"",
                ("ID", "id"), ("NAME", "name"), ("PLAN", "plan"), ("ENVIRONMENT", "environment"), ("REGION", "region"), ("CREATED", "created_at")));
    }
}
