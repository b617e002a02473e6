namespace EventMesh.Delivery.Credentials;

/// <summary>The token of one credential on this node. Whoever needs it while it is being asked for waits for the same answer.</summary>
/// <param name="secret">The id of the credential's secret part.</param>
internal sealed class TokenPlace(string secret)
{
    /// <summary>A target that refuses every token makes us ask for one no more often than this.</summary>
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task<AccessToken>? asked;
    private bool refused;

    public string Secret { get; } = secret;

    /// <param name="ask">Asks for a token; told whether the one before was refused.</param>
    public Task<AccessToken> Get(DateTimeOffset now, Func<bool, Task<AccessToken>> ask)
    {
        lock (gate)
        {
            if (asked is { IsCompleted: false }) return asked;
            if (asked is { IsCompletedSuccessfully: true, Result: var known } && now < known.Until) return asked;
            (var afterRefusal, refused) = (refused, false);
            return asked = ask(afterRefusal);
        }
    }

    /// <summary>Forgets a token that the target refused.</summary>
    /// <returns>Whether another one will take its place, or has.</returns>
    public bool Refused(string token, DateTimeOffset now)
    {
        lock (gate)
        {
            if (asked is not { IsCompletedSuccessfully: true, Result: var known } || known.Value != token) return true;
            if (known.AfterRefusal && now - known.At < BetweenRefusals) return false;
            (asked, refused) = (null, true);
            return true;
        }
    }
}
