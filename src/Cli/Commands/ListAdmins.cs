using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListAdmins
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the platform's admins, without their tokens.", ["eventmesh admins list"], [.. pages.Options], call =>
            pages.Show(call, "/v1/admins", "There is no admin but the one whose token the server was started with.", ("ID", "id"), ("NAME", "name"), ("ADDED", "added_at")));
    }
}
