using System.Diagnostics;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Microsoft.Extensions.Logging;

namespace EventMesh.Projections.Index;

/// <summary>Keeps a node's <see cref="WorkspaceIndex"/> up to date, and lets others wait until it is.</summary>
/// <param name="plans">What the plans of workspaces mean; those that come with the platform when it is left out.</param>
public sealed partial class IndexFollower(Store store, ILogger<IndexFollower> log, Plans? plans = null)
{
    private const int PageEvents = 5_000;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(2);
    // Far below the age that is relied on; and others wait for it to pass what they have read.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly List<(Position Position, TaskCompletionSource Reached)> waiting = [];
    private Position upTo = Position.Start;
    private long rounds;
    private readonly IndexAge age = new();

    public WorkspaceIndex Index { get; } = new(plans ?? Plans.Default);

    /// <summary>Everything up to here is in the index.</summary>
    public Position UpTo { get { lock (gate) return upTo; } }

    /// <summary>Reads configuration events for ever.</summary>
    public async Task Follow(CancellationToken stop)
    {
        var tempo = new Tempo(store, Apart, Longest);
        while (true)
        {
            tempo.Look();
            var began = Stopwatch.GetTimestamp();
            var page = await store.ReadFeed(UpTo, PageEvents, ConfigurationEvents.Types, stop).ConfigureAwait(false);
            foreach (var stored in page.Events)
                if (Index.Apply(stored, store.Types) is { } fault) Unreadable(stored.Workspace, stored.Stream, stored.Version, stored.Type, fault);
            Reach(page.UpTo);
            age.Took(page, began);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Whether everything that was committed <see cref="IndexAge.Max"/> ago is in the index.</summary>
    public bool IsCurrent => age.IsCurrent;

    /// <summary>
    /// Lets pass whoever relies on how a workspace is configured, at most <see cref="IndexAge.Max"/> ago: at once while the index keeps up. When it does not, be it that
    /// the database does not answer or that a long transaction holds the feed back, the database is asked whether anything was taken away in the workspace that the
    /// index has not heard of, and the caller waits for that.
    /// </summary>
    /// <returns>Whether the index may have changed meanwhile: what was read from it before is to be read again.</returns>
    /// <exception cref="StoreUnavailable">There is, or nobody knows.</exception>
    public ValueTask<bool> EnsureCurrent(string workspace, CancellationToken stop) => age.IsCurrent ? default : new(CatchUp(workspace, stop));

    private async Task<bool> CatchUp(string workspace, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(IndexAge.Patience);
        try
        {
            var unseen = await age.Unseen(() => store.ReadUnseen(UpTo, ConfigurationEvents.Taking, CancellationToken.None), bounded.Token).ConfigureAwait(false);
            if (unseen.TryGetValue(workspace, out var last)) await WaitFor(last, bounded.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailable(late);
        }
    }

    /// <summary>Completes when the index holds whatever was written about a workspace before this call, on any node. The database is asked: for what somebody else was just told.</summary>
    /// <exception cref="StoreUnavailable">Something was, and a transaction under way keeps it out of the feed; or nobody knows.</exception>
    public async Task TakeIn(string workspace, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(IndexAge.Patience);
        try
        {
            var unseen = await store.ReadUnseen(UpTo, ConfigurationEvents.Types, bounded.Token).ConfigureAwait(false);
            if (!unseen.TryGetValue(workspace, out var last)) return;
            store.Arrivals.Signal();
            await WaitFor(last, bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailable(late);
        }
    }

    /// <summary>Completes when the index has reached <paramref name="position"/>.</summary>
    public Task WaitFor(Position position, CancellationToken stop)
    {
        TaskCompletionSource reached;
        lock (gate)
        {
            if (upTo >= position) return Task.CompletedTask;
            reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((position, reached));
        }
        return reached.Task.WaitAsync(stop);
    }

    /// <summary>Completes when the index holds what was stored before this call: the second look from now began after it.</summary>
    public async Task CatchUp(CancellationToken stop)
    {
        var until = Interlocked.Read(ref rounds) + 2;
        store.Arrivals.Signal();
        while (Interlocked.Read(ref rounds) < until)
        {
            Task next;
            lock (gate) next = looked.Task;
            if (Interlocked.Read(ref rounds) >= until) break;
            store.Arrivals.Signal();
            await next.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>The same, and ends after <see cref="IndexAge.Patience"/> even if the index does not get there.</summary>
    public async Task TryCatchUp(CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(IndexAge.Patience);
        await CatchUp(bounded.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Reach(Position position)
    {
        List<TaskCompletionSource>? reached = null;
        TaskCompletionSource round;
        lock (gate)
        {
            upTo = position;
            for (var i = waiting.Count - 1; i >= 0; i--)
            {
                if (waiting[i].Position > position) continue;
                (reached ??= []).Add(waiting[i].Reached);
                waiting.RemoveAt(i);
            }
            Interlocked.Increment(ref rounds);
            (round, looked) = (looked, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        round.TrySetResult();
        reached?.ForEach(r => r.TrySetResult());
    }

    [LoggerMessage(EventName = "index.unreadable", Level = LogLevel.Error, Message = "index.unreadable {tenant_id} {stream} {version} {type}: {reason}")]
    private partial void Unreadable(string tenant_id, string stream, long version, string type, string reason);
}
