using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListSources
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the sources of inbound webhooks.", ["eventmesh sources list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"sources")), $"There are no sources in {call.Workspace} yet.",
                ("ID", "id"), ("NAME", "name"), ("KIND", "verification.kind"), ("STATUS", "status"), ("SOURCE", "event.source"), ("CREATED", "created_at")));
    }
}
