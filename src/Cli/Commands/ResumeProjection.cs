using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ResumeProjection
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        return shell.Verb("resume", "Let a paused projection go on (admin).", ["eventmesh projections resume deliveries"], [name], async call =>
        {
            var answer = await call.Client.Post(Route.To($"/v1/projections/{call.Given(name)}/resume"), body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, shown => call.Output.Details(shown, "name", "state", "position", "lag_events", "stopped.position", "stopped.workspace", "stopped.event_type", "stopped.reason"));
        });
    }
}
