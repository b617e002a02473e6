using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CloseWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var days = new Option<int?>("--grace-days") { Description = "How long it can be had back: 0 to 30, 30 without it.", HelpName = "N" };
        var export = new Option<bool>("--export") { Description = "Export everything before." };
        var skeletons = new Option<bool>("--keep-skeletons") { Description = "Keep type, time and digest of each event, so that its log can still be checked." };
        var confirm = new Option<string?>("--confirm") { Description = "The workspace's id once more; asked for without it.", HelpName = "ID" };
        return shell.Verb("close", "Suspend a workspace and destroy what is in it when its grace period is over.", ["eventmesh workspaces close acme --grace-days 14 --export"],
            [id, days, export, skeletons, confirm], async call =>
            {
                Confirm(call, call.Given(id), call.Value(confirm));
                SuspendWorkspace.Show(call, await Close(call, call.Given(id), call.Value(days), call.Value(export), call.Value(skeletons)));
            });
    }

    public static Task<Answer> Close(Call call, string id, int? days, bool export, bool skeletons)
    {
        var body = new JsonObject { ["confirm"] = id, ["export"] = export, ["streams"] = skeletons ? "skeletons" : "delete" };
        if (days is { } grace) body["grace_days"] = grace;
        return call.Client.Post(Route.To($"/v1/workspaces/{id}/close"), body, call.Cancel);
    }

    /// <exception cref="Failure">The id was not said once more.</exception>
    public static void Confirm(Call call, string id, string? said)
    {
        if (said is null)
        {
            call.Terminal.Error.Write($"This destroys what is in workspace {Readable.Line(id)}. Type its id to go on: ");
            using var input = new StreamReader(call.Terminal.In());
            said = input.ReadLine();
        }
        if (said?.Trim() != id) throw Failure.Usage("that is not the workspace's id; nothing was done", $"Say --confirm {Readable.Line(id)}.");
    }
}
