using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetRedaction
{
    public static Command In(Shell shell) => shell.Verb("get", "Show what is redacted where bodies of events are shown.", ["eventmesh redaction get -w acme"], [shell.Workspace], async call =>
    {
        var found = await call.Client.Get(call.InWorkspace($"redaction"), call.Cancel);
        call.Output.Show(found, answer =>
        {
            call.Output.Details(answer, "paths");
            call.Output.Note("Where no paths are named, only the shape of bodies is shown.");
        });
    });
}
