using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ResumeWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        return shell.Verb("resume", "Let a suspended workspace go on where it stopped (admin).", ["eventmesh workspaces resume acme"], [id], async call =>
            SuspendWorkspace.Show(call, await call.Client.Post(Route.To($"/v1/workspaces/{call.Given(id)}/resume"), (JsonNode?)null, call.Cancel)));
    }
}
