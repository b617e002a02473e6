using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ResetConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The consumer." };
        var to = new Option<string>("--to") { Description = "Where it goes on: beginning, now, a position, or a time.", HelpName = "beginning|now|POSITION|TIME", Required = true };
        return shell.Verb("reset", "Put a consumer elsewhere in the feed, forward or back.", ["eventmesh consumers reset warehouse --to beginning -w acme"], [name, shell.Workspace, to], async call =>
        {
            var answer = await call.Client.Post(call.InWorkspace($"consumers/{call.Given(name)}/reset"), new JsonObject { ["to"] = call.Given(to) }, call.Cancel);
            call.Output.Show(answer, consumer => call.Output.Line($"{Readable.Line(call.Given(name))} stands at {consumer.Text("position")}; {consumer.Text("lag_events")} events follow."));
        });
    }
}
