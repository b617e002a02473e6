using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class CancelRebuild
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        return shell.Verb("cancel", "End a rebuild; readers go on seeing the old rows (admin).", ["eventmesh projections cancel deliveries"], [name], async call =>
        {
            var answer = await call.Client.Post(Route.To($"/v1/projections/{call.Given(name)}/rebuild/cancel"), body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(answer, shown => call.Output.Details(shown, "id", "workspace", "state", "percent", "events"));
        });
    }
}
