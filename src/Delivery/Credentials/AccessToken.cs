namespace EventMesh.Delivery.Credentials;

/// <summary>What came of asking for a token.</summary>
/// <param name="Value">Null when there was none.</param>
/// <param name="Error">What went wrong; null when there is a token.</param>
/// <param name="Until">From then on another is asked for; a failure stands for a while too, so that a thousand deliveries do not each ask.</param>
/// <param name="AfterRefusal">It took the place of one that the target had refused.</param>
internal sealed record AccessToken(string? Value, string? Error, DateTimeOffset At, DateTimeOffset Until, bool AfterRefusal)
{
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Tiny = TimeSpan.FromMinutes(1);
    private const double AheadPart = 0.2;

    /// <summary>How long before its end a token is replaced: a fifth of its lifetime and at most 15 minutes; half of one that lasts a minute or less.</summary>
    public static TimeSpan Ahead(TimeSpan lifetime) => lifetime <= Tiny ? lifetime / 2 : lifetime * AheadPart < AheadMax ? lifetime * AheadPart : AheadMax;

    /// <summary>Without the token, wherever it may be printed.</summary>
    public override string ToString() => $"AccessToken until {Until:O}";
}
