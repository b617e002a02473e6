using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The consumer." };
        return shell.Verb("get", "Show where a consumer stands and what it wants.", ["eventmesh consumers get warehouse -w acme"], [name, shell.Workspace], async call =>
            call.Output.Show(await call.Client.Get(call.InWorkspace($"consumers/{call.Given(name)}"), call.Cancel), consumer => call.Output.Details(consumer,
                "name", "from", "from_time", "filter.types", "filter.stream", "filter.resource", "position", "lag_events", "lag_seconds", "created_at", "moved_at", "seen_at")));
    }
}
