using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class PauseProjection
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        return shell.Verb("pause", "Let a projection rest; its rows stay as they are (admin).", ["eventmesh projections pause deliveries"], [name], async call =>
        {
            var answer = await call.Client.Post(Route.To($"/v1/projections/{call.Given(name)}/pause"), body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, shown => call.Output.Details(shown, "name", "state", "position", "lag_events", "stopped.position", "stopped.workspace", "stopped.event_type", "stopped.reason"));
        });
    }
}
