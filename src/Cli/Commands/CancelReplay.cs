using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class CancelReplay
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The replay, rpl_…" };
        return shell.Verb("cancel", "Stop a replay; what it has done already goes on.", ["eventmesh replays cancel rpl_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"replays/{call.Given(id)}/cancel"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} stops."));
        });
    }
}
