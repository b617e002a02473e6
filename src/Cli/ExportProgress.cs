namespace EventMesh.Cli;

/// <summary>Shows an export, and follows one until it ends.</summary>
internal static class ExportProgress
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Rewrites a line beside the result while the export runs. Ctrl-C ends the watching, not the export.</summary>
    /// <returns>The export as it ended.</returns>
    public static async Task<Answer> Watch(Call call, string id)
    {
        var shown = "";
        while (true)
        {
            var export = await call.Client.Get(call.InWorkspace($"exports/{id}"), call.Cancel);
            var line = $"{export.Text("state")}: {export.Text("per_cent")} %, {export.Text("events")} events, {export.Text("bytes")} bytes";
            if (line != shown) call.Terminal.Error.Write(call.Terminal.ErrorIsTerminal ? $"\r{line}   " : line + "\n");
            shown = line;
            if (export.Text("finished_at").Length > 0)
            {
                if (call.Terminal.ErrorIsTerminal) call.Terminal.Error.WriteLine();
                return export;
            }
            await Task.Delay(BetweenLooks, call.Cancel);
        }
    }

    public static void Show(Call call, Answer answer)
    {
        call.Output.Show(answer, export => call.Output.Details(
            [.. new[] { "id", "state", "format", "events", "bytes", "per_cent", "after", "end", "sha256", "file_name", "object", "started_at", "finished_at", "expires_at" }.Select(name => (name.Replace('_', ' '), export.Text(name)))]));
        Refuse(answer);
    }

    /// <exception cref="Failure">The export failed or was cancelled.</exception>
    public static void Refuse(Answer export)
    {
        if (export.Text("state") == "failed")
            throw new Failure(export.Text("error.reason") == "internal" ? ExitCode.ServerFailed : ExitCode.Refused, $"the export failed: {export.Text("error.message")} {export.Text("error.detail")}".TrimEnd());
    }
}
