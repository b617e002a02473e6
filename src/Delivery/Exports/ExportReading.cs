using System.Runtime.CompilerServices;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>Events in their order, a page at a time; the next page is read while this one is worked on.</summary>
/// <param name="shows">What of bodies may be shown, asked for each page; null when none are wanted.</param>
internal sealed class ExportReading(Store store, string workspace, EventFilter filter, Position end, Func<FeedForm.BodiesShown>? shows)
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
        var page = await store.For(workspace).ReadFiltered(filter, after, until, shows is null ? PageEvents : PageEventsWithData, stop: stop).ConfigureAwait(false);
        return new(page.Events, shows is null ? null : await Bodies(page.Events, shows(), stop).ConfigureAwait(false), page.Reached, page.End);
    }

    private async Task<Dictionary<string, byte[]>> Bodies(IReadOnlyList<WholeEvent> events, FeedForm.BodiesShown shown, CancellationToken stop)
    {
        var (named, now) = (new List<(string Workspace, string Id, DateOnly Day)>(), TimeProvider.System.GetUtcNow());
        foreach (var stored in events)
            // Of what cannot be read nobody knows the day.
            if (stored.Event.Type == "event_published" && !Retention.IsOver(stored.Event.At, shown.RetentionDays, now) && store.Types.TryRead(stored.Event, out _) is PublishedEventEvent.EventPublished published)
                named.Add((workspace, stored.Event.Stream, DateOnly.FromDateTime(published.At.UtcDateTime)));
        var (bodies, found) = (await store.ReadPayloads(named, stop).ConfigureAwait(false), new Dictionary<string, byte[]>(StringComparer.Ordinal));
        for (var i = 0; i < bodies.Length; i++)
            // One that does not open is, like one that has expired, not there for anybody.
            if (bodies[i].Body is { } body) found[named[i].Id] = shown.Redaction.OfEvent(body);
        return found;
    }
}
