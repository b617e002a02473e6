using EventMesh.Domain.Connections;
using EventMesh.Messaging;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Credentials;

/// <summary>
/// A connection whose credential is not active is sent nothing. Somebody will give it another one, so what is due waits and uses no attempt; after <see cref="Lasts"/> it is
/// attempted after all, which fails without a request and makes a dead letter that says why.
/// </summary>
public sealed class CredentialHold(IndexFollower follower, TimeProvider clock)
{
    /// <summary>How long after the credential ceased to be active deliveries wait.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(3);

    private static readonly TimeSpan LookMin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookMax = TimeSpan.FromMinutes(5);

    /// <summary>The longer it has lasted, the rarer the looks.</summary>
    private const int LooksPerTime = 4;

    /// <returns>Null when an attempt may be made; else when to come back.</returns>
    public DateTimeOffset? Holds(Dispatch of)
    {
        if (follower.Index.Find(of.Workspace)?.Connections.GetValueOrDefault(of.Connection) is not Connection.Enabled { Credential: { Status: not CredentialStatus.Active } credential }) return null;
        var now = clock.GetUtcNow();
        if (IsOver(credential, now)) return null;
        var wait = Math.Clamp((now - credential.Since).TotalSeconds / LooksPerTime, LookMin.TotalSeconds, LookMax.TotalSeconds);
        // Spread, so that what waited does not come back at once.
        return now + TimeSpan.FromSeconds(wait * (0.5 + Random.Shared.NextDouble() / 2));
    }

    public static bool IsOver(HeldCredential credential, DateTimeOffset now) => credential.Status != CredentialStatus.Active && now - credential.Since >= Lasts;
}
