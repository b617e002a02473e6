using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetReplay
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The replay, rpl_…" };
        var watch = new Option<bool>("--watch") { Description = "Follow it until it ends." };
        return shell.Verb("get", "Show a replay and how far it has come.", ["eventmesh replays get rpl_… -w acme", "eventmesh replays get rpl_… -w acme --watch"],
            [id, shell.Workspace, watch], async call => ReplayProgress.Show(call,
                call.Value(watch) ? await ReplayProgress.Watch(call, call.Given(id)) : await call.Client.Get(call.InWorkspace($"replays/{call.Given(id)}"), call.Cancel)));
    }
}
