using System.Collections.Immutable;

namespace EventMesh.Domain.Identity;

/// <summary>What has happened to the keys that a workspace's issuer signs with. Private halves are kept elsewhere.</summary>
public abstract record IssuerEvent
{
    private IssuerEvent() { }

    /// <param name="Kid">The key's thumbprint (RFC 7638).</param>
    /// <param name="Jwk">Its public half (RFC 7517), JSON.</param>
    /// <param name="SignsFrom">Until then it is only shown, so that those who verify know it when its first token comes.</param>
    public sealed record IssuerKeyAdded(string Kid, string Jwk, DateTimeOffset SignsFrom, DateTimeOffset At) : IssuerEvent;

    /// <summary>No token that it signed holds any longer.</summary>
    public sealed record IssuerKeyRetired(string Kid, DateTimeOffset At) : IssuerEvent;
}

public enum IssuerKeyState { Pending, Signing, Verifying, Ended }

public sealed record IssuerKey(string Kid, string Jwk, DateTimeOffset SignsFrom, DateTimeOffset AddedAt);

/// <summary>The issuer of a workspace: its keys that are not retired, in the order in which they sign.</summary>
public sealed record Issuer(ImmutableArray<IssuerKey> Keys, ImmutableHashSet<string> Retired)
{
    /// <summary>The stream, one in each workspace.</summary>
    public const string Stream = "issuer";

    /// <summary>How many may be shown at once.</summary>
    public const int KeysMax = 8;

    public static readonly Issuer Initial = new([], []);

    public static Issuer Evolve(Issuer state, IssuerEvent happened) => happened switch
    {
        IssuerEvent.IssuerKeyAdded added => state with { Keys = [.. state.Keys.Append(new(added.Kid, added.Jwk, added.SignsFrom, added.At)).OrderBy(k => k.SignsFrom)] },
        IssuerEvent.IssuerKeyRetired retired => new(state.Keys.RemoveAll(k => k.Kid == retired.Kid), state.Retired.Add(retired.Kid)),
        _ => state,
    };

    /// <summary>The key that signs; null before the first.</summary>
    public IssuerKey? SignerAt(DateTimeOffset now)
    {
        IssuerKey? signer = null;
        foreach (var key in Keys)
            if (key.SignsFrom <= now) signer = key;
        return signer;
    }

    /// <summary>A key whose tokens hold, or will: null for one that is retired, has ended, or never was here.</summary>
    public IssuerKey? FindAt(string kid, DateTimeOffset now)
    {
        for (var i = 0; i < Keys.Length; i++)
            if (Keys[i].Kid == kid) return EndOf(i) > now ? Keys[i] : null;
        return null;
    }

    /// <summary>What those who verify have to know, each with when it ends: a key is shown until the last token it signed has expired.</summary>
    public IEnumerable<(IssuerKey Key, IssuerKeyState State, DateTimeOffset? EndsAt)> At(DateTimeOffset now)
    {
        var signer = SignerAt(now);
        for (var i = 0; i < Keys.Length; i++)
        {
            var end = EndOf(i);
            var state = Keys[i].SignsFrom > now ? IssuerKeyState.Pending : Keys[i] == signer ? IssuerKeyState.Signing : end > now ? IssuerKeyState.Verifying : IssuerKeyState.Ended;
            yield return (Keys[i], state, end == DateTimeOffset.MaxValue ? null : end);
        }
    }

    private DateTimeOffset EndOf(int index) =>
        index + 1 < Keys.Length ? Keys[index + 1].SignsFrom.AddSeconds(TokenLifetime.SecondsMax) + TokenLifetime.Skew : DateTimeOffset.MaxValue;
}
