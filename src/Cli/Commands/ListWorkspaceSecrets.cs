using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListWorkspaceSecrets
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List a workspace's secrets by name; never their values.", ["eventmesh secrets list -w acme"], [shell.Workspace, shell.At, .. pages.Options],
            call => pages.Show(call, call.Then(call.InWorkspace($"secrets")), $"There are no secrets in {call.Workspace}.", ("NAME", "name"), ("DESCRIPTION", "description"), ("OWNER", "owner"), ("CREATED", "created_at")));
    }
}
