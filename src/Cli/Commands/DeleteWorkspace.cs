using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var purge = new Option<bool>("--purge") { Description = "Destroy everything now, without a grace period.", Required = true };
        var confirm = new Option<string?>("--confirm") { Description = "The workspace's id once more; asked for without it.", HelpName = "ID" };
        return shell.Verb("delete", "Close a workspace without a grace period and watch it being destroyed.", ["eventmesh workspaces delete acme --purge"], [id, purge, confirm], async call =>
        {
            CloseWorkspace.Confirm(call, call.Given(id), call.Value(confirm));
            await CloseWorkspace.Close(call, call.Given(id), 0, export: false, skeletons: false);
            ShowPurge.Show(call, await ShowPurge.Watch(call, call.Given(id)));
        });
    }
}
