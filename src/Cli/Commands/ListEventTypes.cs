using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListEventTypes
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        var archived = new Option<bool>("--archived") { Description = "Show the archived ones too." };
        return shell.Verb("list", "List event types.", ["eventmesh types list -w acme"], [shell.Workspace, archived, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(Route.With(call.InWorkspace($"event-types"), ("archived", call.Value(archived) ? "true" : null))), $"No event types are described in {call.Workspace} yet.",
                ("NAME", "name"), ("SCHEMA", "schema_version"), ("ARCHIVED", "archived"), ("DESCRIPTION", "description")));
    }
}
