using System.Globalization;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>Shows a replay, and follows one until it ends.</summary>
internal static class ReplayProgress
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Rewrites a line beside the result while the replay runs. Ctrl-C ends the watching, not the replay.</summary>
    /// <returns>The replay as it ended.</returns>
    public static async Task<Answer> Watch(Call call, string id)
    {
        var shown = "";
        while (true)
        {
            var replay = await call.Client.Get(call.InWorkspace($"replays/{id}"), call.Cancel);
            var line = Line(replay);
            var over = replay.Text("finished_at").Length > 0;
            if (line != shown) call.Terminal.Error.Write(call.Terminal.ErrorIsTerminal ? $"\r{line}   " : line + "\n");
            shown = line;
            if (over)
            {
                if (call.Terminal.ErrorIsTerminal) call.Terminal.Error.WriteLine();
                return replay;
            }
            await Task.Delay(BetweenLooks, call.Cancel);
        }
    }

    /// <exception cref="Failure">The replay failed.</exception>
    public static void Show(Call call, Answer answer)
    {
        call.Output.Show(answer, replay =>
        {
            call.Output.Details(replay, "id", "kind", "status", "reason");
            call.Output.Details([.. new[] { "found", "done", "left", "rate_per_second", "started_at", "finished_at", "estimated_end_at" }
                .Select(name => (name.Replace('_', ' '), replay.Text(name))), ("skipped", Skipped(replay))]);
        });
        if (answer.Text("status") == "failed") throw new Failure(ExitCode.ServerFailed, $"the replay failed: {answer.Text("reason")}");
    }

    private static string Line(Answer replay)
    {
        var found = replay.Text("found");
        return found.Length == 0 ? $"{replay.Text("status")}: counting"
            : $"{replay.Text("status")}: {Number(replay, "done")} of {found} done, {Number(replay, "left")} left{(Skipped(replay) is { Length: > 0 } skipped ? $", skipped {skipped}" : "")}";
    }

    private static string Number(Answer replay, string name) => long.TryParse(replay.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number.ToString(CultureInfo.InvariantCulture) : "?";

    private static string Skipped(Answer replay) => Readable.Find(replay.Json, "skipped") is { ValueKind: JsonValueKind.Object } skipped
        ? string.Join(", ", skipped.EnumerateObject().Select(s => $"{Readable.Line(s.Name)} {Readable.Text(s.Value)}")) : "";
}
