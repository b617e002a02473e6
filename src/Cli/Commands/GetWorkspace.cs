using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        return shell.Verb("get", "Show a workspace.", ["eventmesh workspaces get acme"], [id], async call =>
        {
            var workspace = await call.Client.Get(Route.To($"/v1/workspaces/{call.Given(id)}"), call.Cancel);
            call.Output.Show(workspace, found => call.Output.Details(found, "id", "name", "plan", "environment", "region", "created_at"));
        });
    }
}
