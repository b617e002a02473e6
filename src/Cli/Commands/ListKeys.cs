using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListKeys
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the API keys that are not revoked, without the keys themselves.", ["eventmesh keys list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"keys")), $"There are no API keys in {call.Workspace}.", ("ID", "id"), ("NAME", "name"), ("ROLES", "roles"), ("CREATED", "created_at")));
    }
}
