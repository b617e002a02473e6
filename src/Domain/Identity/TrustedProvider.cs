namespace EventMesh.Domain.Identity;

/// <summary>What has happened between a workspace and an identity provider that it trusts, and what it therefore trusts it with.</summary>
public abstract record TrustedProviderEvent
{
    private TrustedProviderEvent() { }

    public sealed record ProviderTrusted(ProviderSettings Settings, DateTimeOffset At) : TrustedProviderEvent;

    /// <param name="Settings">All of them, as they are from now on.</param>
    public sealed record ProviderChanged(ProviderSettings Settings, DateTimeOffset At) : TrustedProviderEvent;
    public sealed record ProviderRemoved(DateTimeOffset At) : TrustedProviderEvent;
}

public abstract record TrustedProvider
{
    private TrustedProvider() { }

    public sealed record Missing : TrustedProvider;
    public sealed record Trusted(ProviderSettings Settings, DateTimeOffset TrustedAt) : TrustedProvider;
    public sealed record Removed : TrustedProvider;

    public static readonly TrustedProvider Initial = new Missing();

    public static TrustedProvider Evolve(TrustedProvider state, TrustedProviderEvent happened) => (state, happened) switch
    {
        (_, TrustedProviderEvent.ProviderTrusted trusted) => new Trusted(trusted.Settings, trusted.At),
        (Trusted trusted, TrustedProviderEvent.ProviderChanged changed) => trusted with { Settings = changed.Settings },
        (_, TrustedProviderEvent.ProviderRemoved) => new Removed(),
        _ => state,
    };
}
