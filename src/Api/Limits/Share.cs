using EventMesh.Domain.Limits;

namespace EventMesh.Api.Limits;

/// <summary>What this node holds of one limit of one workspace. Used under the lock of its <see cref="Account"/>.</summary>
internal sealed class Share(Terms terms, TimeProvider clock)
{
    /// <summary>How long a share should last, at the pace of late: what is drawn ahead lies unspent for no longer.</summary>
    private const double AheadSeconds = 0.5;
    private const long AheadMax = 10_000;

    private long drawnAt = clock.GetTimestamp();
    private long remaining;
    private long takenSince;
    private double endsIn;

    public Terms Terms { get; set; } = terms;
    public string Period { get; private set; } = "";
    public string NotedPeriod { get; private set; } = "";
    public bool Short { get; private set; }
    public long Held { get; private set; }

    /// <summary>Drawn ahead by the next draw.</summary>
    public long More { get; private set; }

    /// <summary>Whether it is time to draw ahead, so that nobody has to wait for it.</summary>
    public bool IsLow => Held < More / 4 && remaining > 0;

    /// <summary>As far as this node knows: what it holds, and what was left when it last drew. What a soft limit gave on top of the plan is nothing that was left.</summary>
    public long Left => Short && Terms.Overage == Overage.Soft ? 0 : Held + remaining;

    public void Take(long n)
    {
        Held -= n;
        takenSince += n;
    }

    public void PutBack(long n) => Held += n;

    /// <summary>Sets the pace by what was taken since the last draw: twice as much ahead, as long as that lasts for no more than the time set.</summary>
    public void Pace()
    {
        var seconds = Math.Max(clock.GetElapsedTime(drawnAt).TotalSeconds, 1e-3);
        More = Math.Min(AheadMax, Math.Min(2 * takenSince, (long)(takenSince / seconds * AheadSeconds)));
    }

    public void Receive(Drawn drawn)
    {
        // What is left of an earlier month is nobody's any more.
        if (drawn.Period != Period) Held = 0;
        (Period, NotedPeriod, Short, remaining, endsIn) = (drawn.Period, drawn.NotedPeriod, drawn.Short, drawn.Remaining, drawn.EndsIn);
        Held += drawn.Granted;
        takenSince = 0;
        drawnAt = clock.GetTimestamp();
    }

    /// <summary>What is held, to be given back; null when there is nothing.</summary>
    public Unspent? GiveUp(string workspace)
    {
        var shares = Held;
        (Held, remaining) = (0, remaining + shares);
        return shares > 0 ? new(workspace, Terms.Limit, Period, shares) : null;
    }

    public Allowance Of(long n)
    {
        var elapsed = clock.GetElapsedTime(drawnAt).TotalSeconds;
        var left = Math.Min(Left, Terms.Capacity);
        return Terms.Monthly
            ? new(Terms.Limit, Terms.Allowed, Terms.Capacity, left, Math.Max(0, endsIn - elapsed), Math.Max(0, endsIn - elapsed), Terms.Overage)
            : new(Terms.Limit, Terms.Allowed, Terms.Capacity, left, (Terms.Capacity - left) / Terms.PerSecond, Math.Max(0, Math.Min(n, Terms.Capacity) - left) / Terms.PerSecond, Terms.Overage);
    }
}
