using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AcknowledgeConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The consumer." };
        var position = new Argument<string>("position") { Description = "Everything up to here is dealt with." };
        var after = new Option<string?>("--after") { Description = "Where it stood when the events were read; refused when it stands elsewhere. Where it stands now without it.", HelpName = "POSITION" };
        return shell.Verb("acknowledge", "Move a consumer forward over events that are dealt with.", ["eventmesh consumers acknowledge warehouse 0000000002f1-00000000a3b4 -w acme"],
            [name, position, shell.Workspace, after], async call =>
            {
                var path = call.InWorkspace($"consumers/{call.Given(name)}");
                var from = call.Value(after) ?? (await call.Client.Get(path, call.Cancel)).Text("position");
                var answer = await call.Client.Post(path + "/position", new JsonObject { ["position"] = call.Given(position), ["after"] = from }, call.Cancel);
                call.Output.Show(answer, consumer => call.Output.Line($"{Readable.Line(call.Given(name))} stands at {consumer.Text("position")}; {consumer.Text("lag_events")} events follow."));
            });
    }
}
