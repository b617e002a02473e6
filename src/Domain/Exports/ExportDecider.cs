namespace EventMesh.Domain.Exports;

public abstract record ExportCommand
{
    private ExportCommand() { }

    public sealed record StartExport(ExportFormat Format, bool Gzip, ExportFilter Filter, bool IncludeData, ExportTarget To, DateTimeOffset At) : ExportCommand;
    public sealed record FinishExport(ExportOutcome Outcome, long Events, long Bytes, int Parts, string? After, string? End, ExportFault? Reason, DateTimeOffset At) : ExportCommand;
    public sealed record DownloadExport(DateTimeOffset At) : ExportCommand;
}

public static class ExportDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ExportEvent[] Decide(ExportCommand command, Export state) => (command, state) switch
    {
        (ExportCommand.StartExport start, Export.Missing) => [new ExportEvent.ExportStarted(start.Format, start.Gzip, start.Filter, start.IncludeData, start.To, start.At)],
        // Whoever carries it out says so again, in case whoever asked did not come to it.
        (ExportCommand.StartExport, _) => [],

        (_, Export.Missing) => throw new Refused("export.missing", "There is no such export."),

        (ExportCommand.FinishExport finish, Export.Running) =>
            [new ExportEvent.ExportFinished(finish.Outcome, finish.Events, finish.Bytes, finish.Parts, finish.After, finish.End, finish.Reason, finish.At)],
        (ExportCommand.FinishExport, Export.Ended) => [],

        (ExportCommand.DownloadExport download, Export.Ended { How.Outcome: ExportOutcome.Finished, Asked.To.Kind: ExportKind.Download }) => [new ExportEvent.ExportDownloaded(download.At)],
        (ExportCommand.DownloadExport, Export.Ended { How.Outcome: ExportOutcome.Finished }) => throw new Refused("export.elsewhere", "This export is in a bucket; nothing of it is kept here."),
        (ExportCommand.DownloadExport, Export.Ended) => throw new Refused("export.incomplete", "This export did not come to its end; there is nothing whole to download."),
        (ExportCommand.DownloadExport, _) => throw new Refused("export.running", "This export has not come to its end yet."),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
