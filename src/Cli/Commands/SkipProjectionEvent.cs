using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SkipProjectionEvent
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        var position = new Argument<string>("position") { Description = "Of the event that it stopped at, as `projections list` shows it." };
        return shell.Verb("skip", "Pass over the event that a projection stopped at, for good (admin).", ["eventmesh projections skip deliveries 0000000002f1-000000000d07"], [name, position], async call =>
        {
            var answer = await call.Client.Post(Route.To($"/v1/projections/{call.Given(name)}/skip"), new JsonObject { ["position"] = call.Given(position) }, call.Cancel);
            call.Output.Show(answer, shown => call.Output.Details(shown, "name", "state", "position", "lag_events", "stopped.position", "stopped.workspace", "stopped.event_type", "stopped.reason"));
        });
    }
}
