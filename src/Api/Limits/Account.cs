using EventMesh.Domain.Limits;

namespace EventMesh.Api.Limits;

/// <summary>An answer to a request that asked for <c>n</c>: all of it or nothing.</summary>
/// <param name="Nearest">Of the limits asked, the one that refused, or the one with the least left.</param>
/// <param name="Exceeded">The limits that were exceeded, with the period to note it in.</param>
/// <param name="Month">That the share of a month was drawn in, for what is put back.</param>
internal sealed record Answer(bool Granted, Allowance Nearest, IReadOnlyList<(Allowance Limit, string Period)> Exceeded, string? Month = null);

/// <summary>
/// What this node holds of one workspace's limits of one use, and who waits for more. A request takes from every share or from none. It exists while there
/// is something to hold: an idle workspace has none.
/// </summary>
internal sealed class Account(string workspace, LimitedUse use, TimeProvider clock)
{
    /// <summary>After a refusal the database is not asked again for a moment: an exhausted workspace that goes on asking costs the others nothing.</summary>
    private static readonly TimeSpan RefusedMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RefusedMax = TimeSpan.FromMilliseconds(250);

    private const int LooksPerSecondMax = 50;

    private readonly Lock gate = new();
    private readonly Queue<Waiter> waiting = new();
    private PlanLimits? limits;
    private Share[] shares = [];
    private (long N, long Since, TimeSpan For)? refusing;
    private int drawingFor;
    private bool drawing;
    private bool closed;
    private long usedAt = clock.GetTimestamp();
    private (long Since, int Made) looks = (clock.GetTimestamp(), 0);

    private sealed record Waiter(long N, TaskCompletionSource<Answer> Answered, CancellationToken Stop);

    public string Workspace => workspace;
    public LimitedUse Use => use;

    /// <summary>Takes what is held, or waits for a draw.</summary>
    /// <param name="draw">Whether the caller is to have this account drawn for.</param>
    /// <returns>Null when the account was closed meanwhile; ask for it anew.</returns>
    public ValueTask<Answer>? Take(PlanLimits terms, long n, CancellationToken stop, out bool draw)
    {
        lock (gate)
        {
            draw = false;
            if (closed) return null;
            Agree(terms);
            usedAt = clock.GetTimestamp();
            if (waiting.Count == 0 && Holds(n))
            {
                draw = !drawing && refusing is null && shares.Any(s => s.IsLow);
                drawing |= draw;
                return ValueTask.FromResult(Granted(n, []));
            }
            if (waiting.Count == 0 && refusing is { } pause && n >= pause.N && clock.GetElapsedTime(pause.Since) < pause.For) return ValueTask.FromResult(Refused(n));
            var waiter = new Waiter(n, new(TaskCreationOptions.RunContinuationsAsynchronously), stop);
            waiting.Enqueue(waiter);
            draw = !drawing;
            drawing = true;
            return new(waiter.Answered.Task);
        }
    }

    /// <summary>What to draw for those who wait now.</summary>
    public Draw[] Ask()
    {
        lock (gate)
        {
            drawingFor = waiting.Count;
            var needed = waiting.Sum(w => w.N);
            foreach (var share in shares) share.Pace();
            return [.. shares.Select(s => new Draw(workspace, s.Terms, Math.Max(0, needed - s.Held), Math.Max(0, s.More - Math.Max(0, s.Held - needed))))];
        }
    }

    /// <summary>Answers those who were drawn for.</summary>
    /// <param name="unspent">Takes what is better given back at once.</param>
    /// <returns>Whether others wait by now, so that another draw is due.</returns>
    public bool Receive(ReadOnlySpan<Drawn> drawn, List<Unspent> unspent)
    {
        lock (gate)
        {
            for (var i = 0; i < drawn.Length; i++) shares[i].Receive(drawn[i]);
            (refusing, var over) = (null, shares.Where(s => s.Short && s.Terms.Overage == Overage.Soft).ToArray());
            for (; drawingFor > 0; drawingFor--)
            {
                var waiter = waiting.Dequeue();
                if (waiter.Stop.IsCancellationRequested) waiter.Answered.TrySetCanceled(waiter.Stop);
                else if (Holds(waiter.N)) waiter.Answered.TrySetResult(Granted(waiter.N, over));
                else if (shares.Any(s => s.Short)) waiter.Answered.TrySetResult(RefusedFirst(waiter.N));
                // Nothing was short: what was held was of a month that has just ended.
                else waiting.Enqueue(waiter);
            }
            // Of what one share held back for a request that another refused, somebody else may make use.
            if (refusing is not null && waiting.Count == 0) GiveUp(unspent);
            return drawing = waiting.Count > 0;
        }
    }

    public bool Fail(Exception failure)
    {
        lock (gate)
        {
            for (; drawingFor > 0; drawingFor--) waiting.Dequeue().Answered.TrySetException(failure);
            return drawing = waiting.Count > 0;
        }
    }

    public bool MayLook()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(looks.Since) >= TimeSpan.FromSeconds(1)) looks = (clock.GetTimestamp(), 0);
            return looks.Made++ < LooksPerSecondMax;
        }
    }

    /// <summary>Puts back what was taken of a month and led to nothing.</summary>
    /// <returns>What cannot be put back here, to be given back to the database.</returns>
    public Unspent? PutBack(string month, long n)
    {
        lock (gate)
        {
            var share = Monthly!;
            if (closed || share.Period != month) return new(workspace, share.Terms.Limit, month, n);
            share.PutBack(n);
            return null;
        }
    }

    /// <summary>Closes an account that was not used for a while, or any.</summary>
    /// <param name="idle">Null closes whatever it is doing.</param>
    public bool Close(TimeSpan? idle, List<Unspent> unspent)
    {
        lock (gate)
        {
            if (idle is { } since && (drawing || waiting.Count > 0 || clock.GetElapsedTime(usedAt) < since)) return false;
            closed = true;
            GiveUp(unspent);
            return true;
        }
    }

    private void GiveUp(List<Unspent> unspent)
    {
        foreach (var share in shares)
            if (share.GiveUp(workspace) is { } left) unspent.Add(left);
    }

    private void Agree(PlanLimits terms)
    {
        if (ReferenceEquals(terms, limits) || terms == limits) return;
        (limits, refusing) = (terms, null);
        var agreed = Terms.Of(terms, use);
        if (shares.Length == 0) shares = [.. agreed.Select(t => new Share(t, clock))];
        for (var i = 0; i < shares.Length; i++) shares[i].Terms = agreed[i];
    }

    private Share? Monthly => Array.Find(shares, s => s.Terms.Monthly);

    private bool Holds(long n)
    {
        foreach (var share in shares)
            if (share.Held < n) return false;
        return true;
    }

    private Answer Granted(long n, Share[] over)
    {
        foreach (var share in shares) share.Take(n);
        return new(true, shares.MinBy(s => s.Left)!.Of(n), over.Length == 0 ? [] : [.. over.Select(s => (s.Of(n), s.NotedPeriod))], Monthly?.Period);
    }

    private Answer RefusedFirst(long n)
    {
        var refused = Refused(n);
        var pause = TimeSpan.FromSeconds(refused.Nearest.RetryInSeconds);
        if (refusing is null || refusing.Value.N > n) refusing = (n, clock.GetTimestamp(), pause < RefusedMin ? RefusedMin : pause > RefusedMax ? RefusedMax : pause);
        return refused;
    }

    private Answer Refused(long n)
    {
        var lacking = shares.Where(s => s.Held < n).ToArray();
        // The one that lets it wait longest. A share that was given back for another's sake still counts what is left of it.
        var nearest = (lacking.Where(s => s.Left < n).ToArray() is { Length: > 0 } empty ? empty : lacking).Select(s => (Share: s, Of: s.Of(n))).MaxBy(s => s.Of.RetryInSeconds);
        return new(false, nearest.Of, [(nearest.Of, nearest.Share.NotedPeriod)]);
    }
}
