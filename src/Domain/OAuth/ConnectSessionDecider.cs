namespace EventMesh.Domain.OAuth;

public abstract record ConnectSessionCommand
{
    private ConnectSessionCommand() { }

    public sealed record CreateSession(string Connection, string Provider, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt, DateTimeOffset At) : ConnectSessionCommand;
    public sealed record UseSession(DateTimeOffset At) : ConnectSessionCommand;
}

public static class ConnectSessionDecider
{
    /// <exception cref="Refused">The session is used up, or never was.</exception>
    public static ConnectSessionEvent[] Decide(ConnectSessionCommand command, ConnectSession state) => (command, state) switch
    {
        (ConnectSessionCommand.CreateSession create, ConnectSession.Missing) =>
            [new ConnectSessionEvent.ConnectSessionCreated(create.Connection, create.Provider, create.Scopes, create.ExpiresAt, create.At)],
        (ConnectSessionCommand.CreateSession, _) => throw new Refused("connect_session.exists", "A connect session with this id exists already."),
        // One that ran out while the person was at the provider still counts: what was begun in time is ended.
        (ConnectSessionCommand.UseSession use, ConnectSession.Open) => [new ConnectSessionEvent.ConnectSessionUsed(use.At)],
        (ConnectSessionCommand.UseSession, ConnectSession.Used) => throw new Refused("connect_session.used", "This link has connected already."),
        (ConnectSessionCommand.UseSession, _) => throw new Refused("connect_session.missing", "There is no such connect session."),
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
