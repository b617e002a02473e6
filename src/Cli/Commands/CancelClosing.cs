using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CancelClosing
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        return shell.Verb("cancel-close", "Take the closing of a workspace back, as long as its grace period lasts.", ["eventmesh workspaces cancel-close acme"], [id], async call =>
            SuspendWorkspace.Show(call, await call.Client.Post(Route.To($"/v1/workspaces/{call.Given(id)}/close/cancel"), (JsonNode?)null, call.Cancel)));
    }
}
