using EventMesh.Delivery.Replays;
using EventMesh.Domain.Replays;

namespace EventMesh.Api.Features.Replays;

/// <summary>A replay as it stands.</summary>
/// <param name="Status"><c>running</c>, <c>cancelling</c>, <c>cancelled</c>, <c>finished</c> or <c>failed</c>.</param>
/// <param name="Found">Deliveries there were to replay when it began; null until that is counted.</param>
/// <param name="Done">Those that were asked for again, or made.</param>
/// <param name="Skipped">How many were not, by reason.</param>
/// <param name="Left"><paramref name="Found"/> without those done and skipped.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="EstimatedEndAt">When it would end at its rate; null unless it runs.</param>
public sealed record ReplayView(
    string Id, ReplayKind Kind, string Status, ReplayFilter Filter, int RatePerSecond, long? Found, long Done, IReadOnlyDictionary<SkippedBecause, long> Skipped, long? Left,
    string? Reason, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? EstimatedEndAt, long Version)
{
    private static readonly IReadOnlyDictionary<SkippedBecause, long> Nothing = new Dictionary<SkippedBecause, long>();

    /// <summary>Null when there is no such replay.</summary>
    /// <param name="progress">Of one that runs; null when it has not counted yet.</param>
    public static ReplayView? Of(string id, long version, Replay replay, ReplayProgress? progress) => replay switch
    {
        Replay.Running running => Going(id, version, "running", running.Asked, progress),
        Replay.Cancelling cancelling => Going(id, version, "cancelling", cancelling.Asked, progress) with { EstimatedEndAt = null },
        Replay.Ended ended => Gone(id, version, ended.Asked, ended.How),
        _ => null,
    };

    private static ReplayView Going(string id, long version, string status, ReplayEvent.ReplayStarted asked, ReplayProgress? progress) => new(
        id, asked.Kind, status, asked.Filter, asked.RatePerSecond, progress?.Found, progress?.Done ?? 0, progress?.Skipped ?? Nothing, progress?.Left, null, asked.At, null,
        progress is null ? null : progress.UpdatedAt + TimeSpan.FromSeconds(Math.Max(0, progress.Left) / (double)asked.RatePerSecond), version);

    private static ReplayView Gone(string id, long version, ReplayEvent.ReplayStarted asked, ReplayEvent.ReplayFinished how)
    {
        var status = how.Outcome switch
        {
            ReplayOutcome.Finished => "finished",
            ReplayOutcome.Cancelled => "cancelled",
            ReplayOutcome.Failed => "failed",
            _ => throw new InvalidOperationException($"No name for {how.Outcome}."),
        };
        var counts = how.Counts;
        return new(id, asked.Kind, status, asked.Filter, asked.RatePerSecond, counts.Found, counts.Done, counts.Skipped.ToDictionary(s => s.Because, s => s.Count),
            counts.Found - counts.Done - counts.Skipped.Sum(s => s.Count), how.Reason, asked.At, how.At, null, version);
    }
}
