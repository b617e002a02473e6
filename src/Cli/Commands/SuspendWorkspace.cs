using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SuspendWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var reason = new Option<string>("--reason") { Description = "requested, payment, abuse, security, legal or maintenance.", HelpName = "REASON", Required = true };
        return shell.Verb("suspend", "Accept nothing more for a workspace and send nothing more, at once (admin); nothing is lost.", ["eventmesh workspaces suspend acme --reason payment"], [id, reason], async call =>
            Show(call, await call.Client.Post(Route.To($"/v1/workspaces/{call.Given(id)}/suspend"), new JsonObject { ["reason"] = call.Given(reason) }, call.Cancel)));
    }

    /// <summary>Shows a workspace by what is accepted and sent for it.</summary>
    public static void Show(Call call, Answer answer) => call.Output.Show(answer, workspace =>
        call.Output.Details(workspace, ["id", "status", .. Given(workspace, "suspension.reason", "suspension.since", "closing.until", "closing.streams", "closing.export")]));

    private static string[] Given(Answer workspace, params string[] paths) => [.. paths.Where(p => workspace.Text(p).Length > 0)];
}
