namespace EventMesh.Domain.Connections;

public abstract record ConnectionCommand
{
    private ConnectionCommand() { }

    public sealed record CreateConnection(string Name, string Kind, WebhookConfig Config, DateTimeOffset At) : ConnectionCommand;
    /// <summary>Null leaves as it is.</summary>
    public sealed record ChangeConnection(string? Name, WebhookConfig? Config, DateTimeOffset At) : ConnectionCommand;
    public sealed record DisableConnection(DisabledBecause Reason, DateTimeOffset At) : ConnectionCommand;
    public sealed record EnableConnection(DateTimeOffset At) : ConnectionCommand;
    public sealed record DeleteConnection(DateTimeOffset At) : ConnectionCommand;
}

public static class ConnectionDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ConnectionEvent[] Decide(ConnectionCommand command, Connection state) => (command, state) switch
    {
        (ConnectionCommand.CreateConnection create, Connection.Missing) =>
            [new ConnectionEvent.ConnectionCreated(create.Name, create.Kind, create.Config, create.At)],
        (ConnectionCommand.CreateConnection, _) => throw new Refused("connection.exists", "A connection with this id exists already."),

        (ConnectionCommand.DeleteConnection, Connection.Deleted) => [],
        (_, Connection.Missing or Connection.Deleted) => throw new Refused("connection.missing", "There is no such connection."),

        (ConnectionCommand.ChangeConnection change, Connection.Enabled now) => Changed(change, now.Name, now.Config),
        (ConnectionCommand.ChangeConnection change, Connection.Disabled now) => Changed(change, now.Name, now.Config),

        (ConnectionCommand.DisableConnection disable, Connection.Enabled) => [new ConnectionEvent.ConnectionDisabled(disable.Reason, disable.At)],
        // A target that answers 410 while five workers are sending to it disables it once.
        (ConnectionCommand.DisableConnection, Connection.Disabled) => [],

        (ConnectionCommand.EnableConnection enable, Connection.Disabled) => [new ConnectionEvent.ConnectionEnabled(enable.At)],
        (ConnectionCommand.EnableConnection, Connection.Enabled) => [],

        (ConnectionCommand.DeleteConnection delete, _) => [new ConnectionEvent.ConnectionDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static ConnectionEvent[] Changed(ConnectionCommand.ChangeConnection change, string name, WebhookConfig config)
    {
        var (newName, newConfig) = (change.Name ?? name, change.Config ?? config);
        return newName == name && newConfig == config ? [] : [new ConnectionEvent.ConnectionChanged(newName, newConfig, change.At)];
    }
}
