using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RefuseElevation
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The elevation, elv_…" };
        return shell.Verb("refuse", "Refuse another's elevation.", ["eventmesh elevation refuse elv_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"elevations/{call.Given(id)}/refuse"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} is refused."));
        });
    }
}
