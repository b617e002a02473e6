using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>From where to where an export goes, fixed when it begins: all that was stored by then, and nothing that comes later.</summary>
/// <param name="After">The position before the first event.</param>
/// <param name="End">The position of the last.</param>
/// <param name="Checkpoint">Of the workspace's log, when it ends there too.</param>
internal sealed record ExportRange(Position After, Position End, string? Checkpoint)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until nothing can come in between any more; where the workspace has a log, until what is signed of it covers all that there is.</summary>
    public static async Task<ExportRange> Of(WorkspaceStore workspace, ExportSpec spec, ExportEnd ends, TimeProvider clock, CancellationToken stop)
    {
        var (filter, last) = (spec.Filter, await workspace.ReadLastPosition(stop).ConfigureAwait(false));
        // A transaction under way may store events before what is committed already; the feed does not pass it, and neither does this.
        while (await workspace.FindEnd(stop).ConfigureAwait(false) < last) await Task.Delay(LookAgain, clock, stop).ConfigureAwait(false);
        var after = filter.After is { } given ? Position.Parse(given) : Position.Start;
        if (filter.Since is { } since)
        {
            var first = await workspace.FindSince(since, stop).ConfigureAwait(false);
            var before = first is { } at ? await workspace.FindBefore(at, stop).ConfigureAwait(false) : last;
            if (before > after) after = before;
        }
        if (filter.Until is { } until && await workspace.FindSince(until, stop).ConfigureAwait(false) is { } behind)
        {
            var end = await workspace.FindBefore(behind, stop).ConfigureAwait(false);
            if (end < last) last = end;
            return new(after, last > after ? last : after, null);
        }
        var (signed, checkpoint) = await ends.Of(workspace, last, stop).ConfigureAwait(false);
        return signed > after ? new(after, signed, checkpoint) : new(after, after, null);
    }
}
