using EventMesh.Domain.Replays;
using EventMesh.EventStore;

namespace EventMesh.Delivery.Replays;

/// <summary>How many deliveries of one connection, in one status (<c>missing</c> for those there are not), a replay has found.</summary>
public sealed record FoundCount(string Connection, string Status, long Count);

/// <param name="Ids">What was found: deliveries, or events that lack some.</param>
/// <param name="Next">Where the reading goes on; null at its end. A page may be empty and still go on.</param>
internal sealed record ReplayPage(IReadOnlyList<string> Ids, string? Next);

/// <summary>One kind of replay. What it replays is pinned to one position of the feed, so that counting and reading agree, and reading again after a crash finds the same.</summary>
internal interface IReplayed
{
    /// <summary>Counts what there is to do, and says for which position that is exact.</summary>
    Task<(Position Pinned, long Found)> Count(CancellationToken stop);

    /// <param name="cursor">The <see cref="ReplayPage.Next"/> of the page before; null for the first.</param>
    Task<ReplayPage> Read(Position pinned, string? cursor, int limit, CancellationToken stop);

    /// <summary>Replays what <see cref="Read"/> found. What this replay has done already is counted again and done no more.</summary>
    /// <returns>What became of each delivery: null for done, or why it was skipped.</returns>
    Task<IReadOnlyList<SkippedBecause?>> Replay(Position pinned, IReadOnlyList<string> ids, CancellationToken stop);
}
