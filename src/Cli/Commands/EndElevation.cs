using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class EndElevation
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The elevation, elv_…" };
        return shell.Verb("end", "End an elevation at once, or take a request back.", ["eventmesh elevation end elv_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"elevations/{call.Given(id)}/end"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} is over."));
        });
    }
}
