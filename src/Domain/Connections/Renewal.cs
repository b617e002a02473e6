namespace EventMesh.Domain.Connections;

/// <summary>
/// What became of a connection's tokens, each a stream of its own (<c>ren_…</c>): they are renewed every hour for years, and nobody folds that. What changes a connection is in its own stream.
/// </summary>
public abstract record RenewalEvent
{
    private RenewalEvent() { }

    /// <param name="Generation">Counts the token sets of the connection.</param>
    /// <param name="Rotated">The provider gave another refresh token.</param>
    public sealed record ConnectionTokenRefreshed(string Connection, string Provider, long Generation, bool Rotated, DateTimeOffset? ExpiresAt, DateTimeOffset At) : RenewalEvent;

    /// <summary>Tokens that nobody uses any more were given back to the provider as well as that could be done, and destroyed here.</summary>
    /// <param name="Revoked">The provider confirmed it.</param>
    /// <param name="Attempts">How often it was asked.</param>
    /// <param name="Error">Why it did not confirm; null when it did, or cannot be asked.</param>
    public sealed record ConnectionTokensDestroyed(string Connection, string Provider, bool Revoked, int Attempts, string? Error, DateTimeOffset At) : RenewalEvent;
}

/// <summary>What the tellings of a stream come to.</summary>
/// <param name="Generation">Of the last token set; 0 when it tells of none.</param>
public sealed record Renewal(long Generation, bool Destroyed)
{
    public static readonly Renewal Initial = new(0, false);

    public static Renewal Evolve(Renewal state, RenewalEvent happened) => happened switch
    {
        RenewalEvent.ConnectionTokenRefreshed refreshed => state with { Generation = refreshed.Generation },
        RenewalEvent.ConnectionTokensDestroyed => state with { Destroyed = true },
        _ => state,
    };
}
