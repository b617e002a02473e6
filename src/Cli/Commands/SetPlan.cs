using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetPlan
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var plan = new Argument<string>("plan") { Description = "starter, professional, enterprise, or another that the server has." };
        return shell.Verb("set-plan", "Give a workspace another plan (admin).", ["eventmesh workspaces set-plan acme professional"], [id, plan],
            call => Patch(call, call.Given(id), new JsonObject { ["plan"] = call.Given(plan) }));
    }

    /// <summary>Changes a workspace and shows what holds from now on.</summary>
    public static async Task Patch(Call call, string id, JsonObject body)
    {
        var changed = await call.Client.Patch(Route.To($"/v1/workspaces/{id}"), body, call.Cancel);
        call.Output.Show(changed, workspace =>
        {
            call.Output.Line($"Changed {workspace.Text("id")}.");
            call.Output.Details(workspace, GetWorkspace.Limits);
        });
    }
}
