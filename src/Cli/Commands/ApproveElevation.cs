using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ApproveElevation
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The elevation, elv_…" };
        return shell.Verb("approve", "Approve another's elevation; it begins at once.", ["eventmesh elevation approve elv_… -w acme"], [id, shell.Workspace], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"elevations/{call.Given(id)}/approve"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(call.Given(id))} begins, and ends by itself."));
        });
    }
}
