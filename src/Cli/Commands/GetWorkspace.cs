using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetWorkspace
{
    /// <summary>What holds for a workspace, by the paths of its JSON.</summary>
    public static readonly string[] Limits =
    [
        "plan", "limits.events_per_second", "limits.events_burst", "limits.events_per_month", "limits.connections", "limits.rules", "limits.api_calls_per_minute",
        "limits.concurrent_deliveries", "limits.retention_days", "limits.overage",
    ];

    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        return shell.Verb("get", "Show a workspace and what it may do.", ["eventmesh workspaces get acme"], [id, shell.At], async call =>
        {
            var workspace = await call.Client.Get(call.Then(Route.To($"/v1/workspaces/{call.Given(id)}")), call.Cancel);
            call.Output.Show(workspace, found => call.Output.Details(found, ["id", "name", "environment", "region", "created_at", .. Limits]));
        });
    }
}
