using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListMembers
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List who of the trusted identity providers has roles of their own.", ["eventmesh members list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"members")), $"{call.Workspace} has no members; those whose claims map to roles need not be listed.",
                ("ID", "id"), ("SUBJECT", "subject"), ("PROVIDER", "provider"), ("ROLES", "roles"), ("ADDED", "added_at")));
    }
}
