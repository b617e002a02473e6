using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListServiceAccounts
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the service accounts.", ["eventmesh service-accounts list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"service-accounts")), $"There are no service accounts in {call.Workspace}.", ("ID", "id"), ("NAME", "name"), ("ROLES", "roles"), ("STATUS", "status"), ("CREATED", "created_at")));
    }
}
