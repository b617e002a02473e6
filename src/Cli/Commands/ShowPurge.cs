using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ShowPurge
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private const int NotBegunLooksMax = 60;

    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace, or the one that was." };
        var watch = new Option<bool>("--watch") { Description = "Follow it until it ends." };
        return shell.Verb("purge", "Show how far the purge of a workspace has come, or what it did (admin).", ["eventmesh workspaces purge acme --watch"], [id, watch], async call =>
            Show(call, call.Value(watch) ? await Watch(call, call.Given(id)) : await Read(call, call.Given(id))));
    }

    /// <summary>Rewrites a line beside the result while it runs. Ctrl-C ends the watching, not the purge.</summary>
    public static async Task<Answer> Watch(Call call, string id)
    {
        var shown = "";
        for (var look = 0; ; look++)
        {
            Answer? purge = null;
            try
            {
                purge = await Read(call, id);
            }
            catch (Failure failure) when (failure.Code == ExitCode.NotFound && look < NotBegunLooksMax)
            {
                // It begins a moment after the closing.
            }
            var line = purge is null ? "waiting to begin" : string.Join(' ', purge.Each("steps").Select(s => $"{Readable.At(s, "name")}:{Readable.At(s, "state")}"));
            if (line != shown) call.Terminal.Error.Write(call.Terminal.ErrorIsTerminal ? $"\r{line}   " : line + "\n");
            shown = line;
            if (purge?.Text("state") == "finished")
            {
                if (call.Terminal.ErrorIsTerminal) call.Terminal.Error.WriteLine();
                return purge;
            }
            await Task.Delay(BetweenLooks, call.Cancel);
        }
    }

    public static void Show(Call call, Answer answer) => call.Output.Show(answer, purge =>
    {
        call.Output.Details(purge, "workspace", "state", "streams", "asked_by", "started_at", "finished_at", "backups_unreadable");
        call.Output.Table(purge.Each("steps"), ("STEP", "name"), ("STATE", "state"), ("DESTROYED", "counts"));
    });

    private static Task<Answer> Read(Call call, string id) => call.Client.Get(Route.To($"/v1/workspaces/{id}/purge"), call.Cancel);
}
