namespace EventMesh.Domain.Connections;

public abstract record ConnectionCommand
{
    private ConnectionCommand() { }

    /// <param name="Scheme">Null for HMAC.</param>
    public sealed record CreateConnection(
        string Name, string Kind, WebhookConfig Config, DateTimeOffset At, SigningScheme? Scheme = null, string? PublicKey = null, bool Operational = false) : ConnectionCommand;
    /// <summary>Null leaves as it is.</summary>
    public sealed record ChangeConnection(string? Name, WebhookConfig? Config, DateTimeOffset At, bool? Operational = null) : ConnectionCommand;
    public sealed record DisableConnection(DisabledBecause Reason, DateTimeOffset At) : ConnectionCommand;
    public sealed record EnableConnection(DateTimeOffset At) : ConnectionCommand;
    public sealed record RotateSecret(string Secret, SigningScheme Scheme, string? PublicKey, int OverlapSeconds, DateTimeOffset At) : ConnectionCommand;
    public sealed record DeleteConnection(DateTimeOffset At) : ConnectionCommand;
}

public static class ConnectionDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ConnectionEvent[] Decide(ConnectionCommand command, Connection state) => (command, state) switch
    {
        (ConnectionCommand.CreateConnection { Config.LegacySignature: not null, Scheme: SigningScheme.Ed25519 }, Connection.Missing) => throw LegacyNeedsHmac(),
        (ConnectionCommand.CreateConnection create, Connection.Missing) =>
            [new ConnectionEvent.ConnectionCreated(create.Name, create.Kind, create.Config, create.At, create.Scheme, create.PublicKey, create.Operational ? true : null)],
        (ConnectionCommand.CreateConnection, _) => throw new Refused("connection.exists", "A connection with this id exists already."),

        (ConnectionCommand.DeleteConnection, Connection.Deleted) => [],
        (_, Connection.Missing or Connection.Deleted) => throw new Refused("connection.missing", "There is no such connection."),

        (ConnectionCommand.ChangeConnection change, Connection.Enabled now) => Changed(change, now.Name, now.Config, now.Secrets, now.IsOperational),
        (ConnectionCommand.ChangeConnection change, Connection.Disabled now) => Changed(change, now.Name, now.Config, now.Secrets, now.IsOperational),

        (ConnectionCommand.RotateSecret rotate, Connection.Enabled now) => Rotated(rotate, now.Config, now.Secrets),
        (ConnectionCommand.RotateSecret rotate, Connection.Disabled now) => Rotated(rotate, now.Config, now.Secrets),

        (ConnectionCommand.DisableConnection disable, Connection.Enabled) => [new ConnectionEvent.ConnectionDisabled(disable.Reason, disable.At)],
        // A target that answers 410 while five workers are sending to it disables it once.
        (ConnectionCommand.DisableConnection, Connection.Disabled) => [],

        (ConnectionCommand.EnableConnection enable, Connection.Disabled) => [new ConnectionEvent.ConnectionEnabled(enable.At)],
        (ConnectionCommand.EnableConnection, Connection.Enabled) => [],

        (ConnectionCommand.DeleteConnection delete, _) => [new ConnectionEvent.ConnectionDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static ConnectionEvent[] Changed(ConnectionCommand.ChangeConnection change, string name, WebhookConfig config, SigningSecretList secrets, bool operational)
    {
        var (newName, newConfig) = (change.Name ?? name, change.Config ?? config);
        bool? newOperational = change.Operational is { } asked && asked != operational ? asked : null;
        if (newName == name && newConfig == config && newOperational is null) return [];
        if (newConfig.LegacySignature is not null && secrets.Newest.Scheme != SigningScheme.Hmac) throw LegacyNeedsHmac();
        return [new ConnectionEvent.ConnectionChanged(newName, newConfig, change.At, newOperational)];
    }

    private static ConnectionEvent[] Rotated(ConnectionCommand.RotateSecret rotate, WebhookConfig config, SigningSecretList secrets)
    {
        if (config.LegacySignature is not null && rotate.Scheme != SigningScheme.Hmac) throw LegacyNeedsHmac();
        var rotated = new ConnectionEvent.ConnectionSecretRotated(rotate.Secret, rotate.Scheme, rotate.PublicKey, rotate.OverlapSeconds, rotate.At);
        if (secrets.With(rotated).ActiveAt(rotate.At).Count > SigningSecret.ActiveMax)
            throw new Refused("connection.too_many_secrets", $"{SigningSecret.ActiveMax} secrets sign already, and no more may at once. Wait until one ends, or rotate with an overlap of 0.");
        return [rotated];
    }

    // The old form knows no other key than a shared secret, and the newest never expires.
    private static Refused LegacyNeedsHmac() =>
        new("connection.legacy_needs_hmac", "A legacy signature is made with the newest secret, which must then be hmac: take legacy_signature away, or choose that scheme.");
}
