namespace EventMesh.Api.Features.Feed;

/// <summary>
/// How many events are read at once for one reader: few at first and for one who is slow, so that what waits for them is little; many for one who keeps up.
/// </summary>
internal sealed class PageSize(TimeProvider clock, int max)
{
    public const int Min = 100;

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);

    private long began;

    public int Events { get; private set; } = Min;

    public void Began() => began = clock.GetTimestamp();

    /// <summary>After a page was written.</summary>
    public void Ended() => Events = clock.GetElapsedTime(began) < Quick ? Math.Min(Events * 2, max) : Math.Max(Events / 2, Min);
}
