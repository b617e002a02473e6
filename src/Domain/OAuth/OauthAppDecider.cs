namespace EventMesh.Domain.OAuth;

public abstract record OauthAppCommand
{
    private OauthAppCommand() { }

    public sealed record SetApp(string Provider, string ClientId, string? Secret, DateTimeOffset At) : OauthAppCommand;
    public sealed record RemoveApp(DateTimeOffset At) : OauthAppCommand;
}

public static class OauthAppDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">There is nothing to remove.</exception>
    public static OauthAppEvent[] Decide(OauthAppCommand command, OauthApp state) => (command, state) switch
    {
        // A secret that is set again is another one: whether it is the same, nobody looks.
        (OauthAppCommand.SetApp set, _) => [new OauthAppEvent.OauthAppSet(set.Provider, set.ClientId, set.Secret, set.At)],
        (OauthAppCommand.RemoveApp, OauthApp.Missing) => throw new Refused("oauth_app.missing", "There is no OAuth app for this provider."),
        (OauthAppCommand.RemoveApp remove, _) => [new OauthAppEvent.OauthAppRemoved(remove.At)],
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
