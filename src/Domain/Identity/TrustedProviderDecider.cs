namespace EventMesh.Domain.Identity;

public abstract record TrustedProviderCommand
{
    private TrustedProviderCommand() { }

    /// <param name="Others">The issuers that the workspace trusts already.</param>
    public sealed record TrustProvider(ProviderSettings Settings, IReadOnlyCollection<string> Others, DateTimeOffset At) : TrustedProviderCommand;
    public sealed record ChangeProvider(ProviderSettings Settings, DateTimeOffset At) : TrustedProviderCommand;
    public sealed record RemoveProvider(DateTimeOffset At) : TrustedProviderCommand;
}

public static class TrustedProviderDecider
{
    /// <summary>Providers that a workspace may trust at a time.</summary>
    public const int ProvidersMax = 20;

    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static TrustedProviderEvent[] Decide(TrustedProviderCommand command, TrustedProvider state) => (command, state) switch
    {
        // Two entries for one issuer would leave open which of them a token is judged by.
        (TrustedProviderCommand.TrustProvider trust, TrustedProvider.Missing) when trust.Others.Contains(trust.Settings.Issuer) =>
            throw new Refused("provider.issuer_trusted", "The workspace trusts this issuer already; change that entry."),
        (TrustedProviderCommand.TrustProvider trust, TrustedProvider.Missing) => [new TrustedProviderEvent.ProviderTrusted(trust.Settings, trust.At)],
        (TrustedProviderCommand.TrustProvider, _) => throw new Refused("provider.exists", "An identity provider with this id exists already."),

        (TrustedProviderCommand.RemoveProvider, TrustedProvider.Removed) => [],
        (_, TrustedProvider.Missing or TrustedProvider.Removed) => throw new Refused("provider.missing", "There is no such identity provider."),

        (TrustedProviderCommand.ChangeProvider change, TrustedProvider.Trusted now) when change.Settings.Issuer != now.Settings.Issuer =>
            throw new Refused("provider.issuer_fixed", "The issuer of an identity provider cannot be changed; trust another provider."),
        (TrustedProviderCommand.ChangeProvider change, TrustedProvider.Trusted now) =>
            change.Settings == now.Settings ? [] : [new TrustedProviderEvent.ProviderChanged(change.Settings, change.At)],

        (TrustedProviderCommand.RemoveProvider remove, _) => [new TrustedProviderEvent.ProviderRemoved(remove.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
