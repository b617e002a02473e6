using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name: lower-case letters, digits, '.', '_' and '-'." };
        var from = new Option<string>("--from") { Description = "Where it begins: beginning, now, a position, or a time.", HelpName = "beginning|now|POSITION|TIME", DefaultValueFactory = _ => "beginning" };
        var filter = new FeedFilterOptions();
        return shell.Verb("create", "Give a name a place in the feed. The same again changes nothing.",
            ["eventmesh consumers create warehouse -w acme", "eventmesh consumers create orders -w acme --from 2026-11-01T00:00:00Z --type event_published"],
            [name, shell.Workspace, from, .. filter.Options], async call =>
            {
                var body = new JsonObject { ["from"] = call.Given(from) };
                if (filter.Json(call) is { } wanted) body["filter"] = wanted;
                var answer = await call.Client.Put(call.InWorkspace($"consumers/{call.Given(name)}"), body, call.Cancel);
                call.Output.Show(answer, consumer =>
                {
                    call.Output.Line($"{(consumer.Status == 201 ? "Created" : "There is already")} consumer {Readable.Line(call.Given(name))} in {call.Workspace}.");
                    call.Output.Details(consumer, "from", "position", "lag_events", "lag_seconds");
                });
            });
    }
}
