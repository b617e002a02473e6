using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RetryProjection
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        return shell.Verb("retry", "Try the event that a projection stopped at once more (admin).", ["eventmesh projections retry deliveries"], [name], async call =>
        {
            var answer = await call.Client.Post(Route.To($"/v1/projections/{call.Given(name)}/retry"), body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, shown => call.Output.Details(shown, "name", "state", "position", "lag_events", "stopped.position", "stopped.workspace", "stopped.event_type", "stopped.reason"));
        });
    }
}
