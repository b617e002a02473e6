using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RebuildProjection
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public static Command In(Shell shell)
    {
        var name = new Argument<string>("projection") { Description = "Its name." };
        var workspace = new Option<string?>("--only") { Description = "The rows of one workspace alone.", HelpName = "WORKSPACE" };
        var watch = new Option<bool>("--watch") { Description = "Show how far it is until it has ended." };
        return shell.Verb("rebuild", "Make a read model anew out of the history; readers see the old until the new is complete (admin).",
            ["eventmesh projections rebuild deliveries --watch", "eventmesh projections rebuild usage --only acme"], [name, workspace, watch], async call =>
            {
                var path = Route.To($"/v1/projections/{call.Given(name)}/rebuild");
                var rebuild = await call.Client.Post(path, call.Value(workspace) is { } only ? new JsonObject { ["workspace"] = only } : [], call.Cancel);
                if (call.Value(watch)) rebuild = await Watch(call, path);
                call.Output.Show(rebuild, Show);

                void Show(Answer answer) => call.Output.Details(answer, "id", "workspace", "state", "phase", "percent", "events", "events_per_second", "failed.position", "failed.workspace", "failed.event_type", "failed.reason");
            });
    }

    private static async Task<Answer> Watch(Call call, string path)
    {
        while (true)
        {
            var rebuild = await call.Client.Get(path, call.Cancel);
            call.Output.Note($"{rebuild.Text("phase").Replace('_', ' ')}: {rebuild.Text("percent")} %, {rebuild.Text("events")} events, {rebuild.Text("events_per_second")}/s");
            if (rebuild.Text("state") is "done" or "cancelled") return rebuild;
            if (rebuild.Text("state") == "failed")
                throw new Failure(ExitCode.Refused, $"the rebuild failed at {rebuild.Text("failed.position")} ({rebuild.Text("failed.workspace")}, {rebuild.Text("failed.event_type")}): {rebuild.Text("failed.reason")}", "What readers see stayed as it was.");
            await Task.Delay(BetweenLooks, call.Cancel);
        }
    }
}
