using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class CancelExport
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The export, exp_…" };
        return shell.Verb("cancel", "Stop an export; what it has made is destroyed.", ["eventmesh exports cancel exp_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"exports/{call.Given(id)}/cancel"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} stops."));
        });
    }
}
