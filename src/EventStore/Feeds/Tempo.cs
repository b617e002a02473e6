namespace EventMesh.EventStore.Feeds;

/// <summary>
/// When a reader of the feed looks again: at once when something was appended here, soon when a transaction under way is about to make something readable or another
/// node has appended (<see cref="FeedWatch"/>), now and then while nothing happens, and never sooner than <paramref name="apart"/> after the look before. That last bound is what lets events gather
/// under load: a page of many costs little more than a page of one.
/// </summary>
/// <param name="apart">Between two looks; what a reader adds to the way of an event at most.</param>
/// <param name="longest">Between two looks while nothing happens; half a second when it is left out.</param>
public sealed class Tempo(Store store, TimeSpan apart, TimeSpan? longest = null)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    // From here on a transaction under way takes its time: what it makes readable is signalled.
    private const int SoonLooks = 6;

    private readonly TimeSpan idle = longest ?? TimeSpan.FromMilliseconds(500);
    private readonly Arrivals arrivals = store.Watched();
    private Task signal = Task.CompletedTask;
    private long looked;
    private int quiet;

    /// <summary>Call it before reading, so that no signal falls between the reading and the waiting.</summary>
    public void Look()
    {
        signal = arrivals.Next;
        looked = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Waits until it is time to look again.</summary>
    /// <param name="page">What the last look found.</param>
    public Task Pause(FeedPage page, CancellationToken stop) => Pause(page.Events.Count > 0, page.Full, page.Pending, stop);

    public async Task Pause(bool found, bool full, bool pending, CancellationToken stop)
    {
        quiet = found ? 0 : quiet + 1;
        if (full) return;

        var wait = pending && quiet < SoonLooks ? Soonest * (1 << quiet) : idle;
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            await Task.WhenAny(signal, Task.Delay(wait < idle ? wait : idle, ended.Token)).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
        }
        stop.ThrowIfCancellationRequested();

        var left = apart - TimeProvider.System.GetElapsedTime(looked);
        if (left > TimeSpan.Zero) await Task.Delay(left < Soonest ? Soonest : left, stop).ConfigureAwait(false);
    }
}
