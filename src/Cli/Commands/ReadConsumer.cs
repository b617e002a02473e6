using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ReadConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The consumer." };
        var limit = new Option<int>("--limit") { Description = "Events at most.", HelpName = "N", DefaultValueFactory = _ => 1_000 };
        var data = FeedFilterOptions.Include();
        var acknowledge = new Option<bool>("--acknowledge") { Description = "Acknowledge them once they are printed." };
        return shell.Verb("events", "Print what follows a consumer's position, one JSON object a line.",
            ["eventmesh consumers events warehouse -w acme", "eventmesh consumers events warehouse -w acme --acknowledge >> events.ndjson"],
            [name, shell.Workspace, limit, data, acknowledge], async call =>
            {
                var path = call.InWorkspace($"consumers/{call.Given(name)}");
                var standing = (await call.Client.Get(path, call.Cancel)).Text("position");
                var lines = Route.With(path + "/events", ("limit", call.Given(limit).ToString(CultureInfo.InvariantCulture)), ("include", call.Value(data)));
                string? last = null;
                await foreach (var line in Replaying.FeedLines.Read(call.Client, lines, call.Cancel))
                    if (line.Stored is { } stored) call.Output.Line(stored.GetRawText());
                    else last = line.Position;
                if (last is null) throw Replaying.FeedLines.CutOff();
                if (!call.Value(acknowledge) || last == standing) return;
                await call.Client.Post(path + "/position", new JsonObject { ["position"] = last, ["after"] = standing }, call.Cancel);
            });
    }
}
