using System.Runtime.CompilerServices;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>Events in their order, a page at a time; the next page is read while this one is worked on.</summary>
internal sealed class ExportReading(WorkspaceStore workspace, EventFilter filter, Position end, bool includeData, EventTypes types)
{
    private const int PageEvents = 2_000;

    // Of up to 256 KiB each, and two pages at a time.
    private const int PageEventsWithData = 100;

    /// <param name="Bodies">Of published events, by stream, as they may be shown; null when they are not asked for.</param>
    public sealed record Page(IReadOnlyList<WholeEvent> Events, IReadOnlyDictionary<string, byte[]>? Bodies, Position Reached, bool End);

    public async IAsyncEnumerable<Page> Pages(Position after, [EnumeratorCancellation] CancellationToken stop)
    {
        var next = Read(after, stop);
        try
        {
            while (true)
            {
                var page = await next.ConfigureAwait(false);
                if (!page.End) next = Read(page.Reached, stop);
                yield return page;
                if (page.End) yield break;
            }
        }
        finally
        {
            // Whoever stopped in between leaves a page that is still being read.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Page> Read(Position after, CancellationToken stop)
    {
        var until = end with { Sequence = end.Sequence + 1 };
        var page = await workspace.ReadFiltered(filter, after, until, includeData ? PageEventsWithData : PageEvents, stop: stop).ConfigureAwait(false);
        if (!includeData) return new(page.Events, null, page.Reached, page.End);
        var named = new List<(string, DateOnly)>();
        foreach (var stored in page.Events)
            // Of what cannot be read nobody knows the day.
            if (stored.Event.Type == "event_published" && types.TryRead(stored.Event, out _) is PublishedEventEvent.EventPublished published) named.Add((stored.Event.Stream, DateOnly.FromDateTime(published.At.UtcDateTime)));
        var (rules, shown) = (RedactionRules.Of(null), new Dictionary<string, byte[]>(StringComparer.Ordinal));
        foreach (var (stream, body) in await workspace.ReadPayloads(named, stop).ConfigureAwait(false)) shown[stream] = rules.OfEvent(body);
        return new(page.Events, shown, page.Reached, page.End);
    }
}
