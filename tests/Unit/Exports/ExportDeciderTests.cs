using EventMesh.Domain.Exports;
using Xunit;
using static EventMesh.Domain.Exports.ExportCommand;
using static EventMesh.Domain.Exports.ExportEvent;

namespace EventMesh.Tests.Unit.Exports;

public class ExportDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly StartExport Start = new(ExportFormat.Csv, true, ExportFilter.All, false, ExportTarget.Download, At);
    private static readonly ExportStarted Started = new(ExportFormat.Csv, true, ExportFilter.All, false, ExportTarget.Download, At);
    private static readonly FinishExport Finish = new(ExportOutcome.Finished, 3, 100, 1, "000000000000-000000000000", "000000000001-000000000003", null, At.AddSeconds(1));
    private static readonly ExportFinished Finished = new(ExportOutcome.Finished, 3, 100, 1, "000000000000-000000000000", "000000000001-000000000003", null, At.AddSeconds(1));
    private static readonly DownloadExport Download = new(At.AddSeconds(2));
    private static readonly Scenario<ExportCommand, Export, ExportEvent> A = new(Export.Initial, Export.Evolve, ExportDecider.Decide);

    [Fact]
    public void It_is_started_once() => A.After().When(Start).HappensOnce(Started);

    [Fact]
    public void A_second_start_under_its_name_changes_nothing() => A.After(Started).When(Start with { Gzip = false }).Nothing();

    [Fact]
    public void It_ends_once() => A.After(Started).When(Finish).HappensOnce(Finished);

    [Fact]
    public void Another_end_changes_nothing() => A.After(Started, Finished).When(Finish with { Outcome = ExportOutcome.Failed, Reason = ExportFault.Internal }).Nothing();

    [Fact]
    public void What_was_never_started_is_missing()
    {
        A.After().When(Finish).Refused("export.missing");
        A.After().When(Download).Refused("export.missing");
    }

    [Fact]
    public void It_is_downloaded_when_it_is_finished_and_kept_here()
    {
        A.After(Started, Finished).When(Download).Happens(new ExportDownloaded(At.AddSeconds(2)));
        A.After(Started).When(Download).Refused("export.running");
        A.After(Started, Finished with { Outcome = ExportOutcome.Cancelled }).When(Download).Refused("export.incomplete");
        A.After(Started with { To = new(ExportKind.S3, "bucket") }, Finished).When(Download).Refused("export.elsewhere");
    }

    [Fact]
    public void Everything_is_decided() => A.DecidesEverything([Start, Finish, Download], A.After(), A.After(Started), A.After(Started, Finished), A.After(Started, Finished with { Outcome = ExportOutcome.Failed }));
}
