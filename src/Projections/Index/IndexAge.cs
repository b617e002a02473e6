using System.Diagnostics;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Projections.Index;

/// <summary>
/// How far behind the database a node's index may be. A look at the feed that succeeds is not enough to tell: a feed stops before the oldest transaction under way, and
/// what others committed since stays out. So a look notes which transaction comes next, and when a later one finds all before that ended, the index holds whatever was
/// committed when the first began.
/// </summary>
public sealed class IndexAge
{
    /// <summary>What is older than this is held by the index, or not relied on. Below the second within which a revocation takes effect on every node.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMilliseconds(900);

    /// <summary>How long whoever relies on the index waits for it or for the database.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private (long At, ulong Next)? mark;
    private (long At, Task<IReadOnlyDictionary<string, Position>> Found)? look;
    private long asOf = long.MinValue;

    public bool IsCurrent => IsRecent(Volatile.Read(ref asOf));

    /// <summary>The index took in a page.</summary>
    /// <param name="began">When reading it began, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Took(FeedPage page, long began)
    {
        if (page.Full) return;
        if (page.Pending)
        {
            if (mark is { } noted && page.Oldest >= noted.Next)
            {
                Volatile.Write(ref asOf, noted.At);
                mark = null;
            }
            mark ??= (began, page.Next);
            return;
        }
        Volatile.Write(ref asOf, began);
        mark = null;
    }

    /// <summary>What the database holds beyond the index, by one question for all that ask within <see cref="Max"/>.</summary>
    public async Task<IReadOnlyDictionary<string, Position>> Unseen(Func<Task<IReadOnlyDictionary<string, Position>>> ask, CancellationToken stop)
    {
        var since = Stopwatch.GetTimestamp() - (long)(Max.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            (long At, Task<IReadOnlyDictionary<string, Position>> Found) current;
            lock (gate)
            {
                // One that hangs is waited for, not joined by others: the database has enough to do.
                if (look is not { } last || (last.Found.IsCompleted && (last.At < since || !last.Found.IsCompletedSuccessfully))) look = (Stopwatch.GetTimestamp(), Task.Run(ask, CancellationToken.None));
                current = look.Value;
            }
            var found = await current.Found.WaitAsync(stop).ConfigureAwait(false);
            if (current.At >= since) return found;
        }
    }

    private static bool IsRecent(long timestamp) => timestamp != long.MinValue && Stopwatch.GetElapsedTime(timestamp) <= Max;
}
