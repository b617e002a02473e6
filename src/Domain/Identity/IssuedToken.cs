namespace EventMesh.Domain.Identity;

/// <summary>What has happened to a token since it was issued, which is not written down itself: most tokens have no history. The stream is the token's id.</summary>
public abstract record IssuedTokenEvent
{
    private IssuedTokenEvent() { }

    /// <param name="Subject">Whose it was.</param>
    /// <param name="ExpiresAt">From then on nobody needs to know.</param>
    public sealed record TokenRevoked(string Subject, DateTimeOffset ExpiresAt, DateTimeOffset At) : IssuedTokenEvent;
}

public abstract record IssuedToken
{
    private IssuedToken() { }

    public sealed record Live : IssuedToken;
    public sealed record Revoked : IssuedToken;

    public static readonly IssuedToken Initial = new Live();

    public static IssuedToken Evolve(IssuedToken state, IssuedTokenEvent happened) => happened is IssuedTokenEvent.TokenRevoked ? new Revoked() : state;
}
