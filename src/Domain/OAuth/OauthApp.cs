namespace EventMesh.Domain.OAuth;

/// <summary>
/// What has happened to a workspace's registration with an OAuth provider, and what it therefore is: one stream a provider, <c>oap_…</c>.
/// The client's secret is not here: events are for ever and for many eyes.
/// </summary>
public abstract record OauthAppEvent
{
    private OauthAppEvent() { }

    /// <param name="Secret">The id of the client's secret, <c>sec_…</c>, whose value is not here; null for a public client.</param>
    public sealed record OauthAppSet(string Provider, string ClientId, string? Secret, DateTimeOffset At) : OauthAppEvent;
    public sealed record OauthAppRemoved(DateTimeOffset At) : OauthAppEvent;
}

public abstract record OauthApp
{
    private OauthApp() { }

    public sealed record Missing : OauthApp;

    /// <param name="SetAt">When it was last set.</param>
    public sealed record Registered(string Provider, string ClientId, string? Secret, DateTimeOffset SetAt) : OauthApp;

    public static readonly OauthApp Initial = new Missing();

    private const string Prefix = "oap_";

    public static string StreamOf(string provider) => Prefix + provider;

    public static string ProviderOf(string stream) => stream[Prefix.Length..];

    public static OauthApp Evolve(OauthApp state, OauthAppEvent happened) => happened switch
    {
        OauthAppEvent.OauthAppSet set => new Registered(set.Provider, set.ClientId, set.Secret, set.At),
        OauthAppEvent.OauthAppRemoved => new Missing(),
        _ => state,
    };
}
