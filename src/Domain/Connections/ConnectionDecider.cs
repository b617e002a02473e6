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
    /// <param name="Secret">The id under which its secret part is kept; null where its kind has none.</param>
    public sealed record SetCredential(Credential Credential, string? Secret, DateTimeOffset At) : ConnectionCommand;
    public sealed record RevokeCredential(CredentialRevokedBecause Reason, DateTimeOffset At) : ConnectionCommand;
    public sealed record Authorize(string Provider, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string By, DateTimeOffset At) : ConnectionCommand;
    /// <param name="AuthorizedAt">Of the authorization that ended; a later one stands.</param>
    public sealed record AskForAttention(NeedsAttentionBecause Reason, string Error, DateTimeOffset AuthorizedAt, DateTimeOffset At) : ConnectionCommand;
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

        (ConnectionCommand.ChangeConnection change, Connection.Enabled now) => Changed(change, now, now.Name, now.Config, now.Secrets),
        (ConnectionCommand.ChangeConnection change, Connection.Disabled now) => Changed(change, now, now.Name, now.Config, now.Secrets),

        (ConnectionCommand.RotateSecret rotate, Connection.Enabled now) => Rotated(rotate, now.Config, now.Secrets),
        (ConnectionCommand.RotateSecret rotate, Connection.Disabled now) => Rotated(rotate, now.Config, now.Secrets),

        (ConnectionCommand.DisableConnection disable, Connection.Enabled) => [new ConnectionEvent.ConnectionDisabled(disable.Reason, disable.At)],
        // A target that answers 410 while five workers are sending to it disables it once.
        (ConnectionCommand.DisableConnection, Connection.Disabled) => [],

        (ConnectionCommand.EnableConnection enable, Connection.Disabled) => [new ConnectionEvent.ConnectionEnabled(enable.At)],
        (ConnectionCommand.EnableConnection, Connection.Enabled) => [],

        (ConnectionCommand.SetCredential { Credential.Kind: CredentialKind.None }, { Credential: { Public.Kind: CredentialKind.None, Status: CredentialStatus.Active } }) => [],
        (ConnectionCommand.SetCredential set, Connection.Enabled now) => Credentialed(set, now.Config),
        (ConnectionCommand.SetCredential set, Connection.Disabled now) => Credentialed(set, now.Config),

        // There is nothing to take back, or it was taken back already.
        (ConnectionCommand.RevokeCredential, { Credential.Public.Kind: CredentialKind.None } or { Credential.Status: CredentialStatus.Revoked }) => [],
        (ConnectionCommand.RevokeCredential revoke, _) => [new ConnectionEvent.ConnectionCredentialRevoked(revoke.Reason, revoke.At)],

        (ConnectionCommand.Authorize authorize, _) => [Authorized(authorize, state.Credential)],
        // Somebody was faster: with another authorization, another credential, or the same news.
        (ConnectionCommand.AskForAttention ask, _) =>
            state.Credential is { Public.Kind: CredentialKind.Oauth2, Status: CredentialStatus.Active } held && held.Since == ask.AuthorizedAt ? [new ConnectionEvent.ConnectionNeedsAttention(ask.Reason, ask.Error, ask.At)] : [],

        (ConnectionCommand.DeleteConnection delete, _) => [new ConnectionEvent.ConnectionDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static ConnectionEvent[] Changed(ConnectionCommand.ChangeConnection change, Connection now, string name, WebhookConfig config, SigningSecretList secrets)
    {
        var (newName, newConfig) = (change.Name ?? name, change.Config ?? config);
        bool? newOperational = change.Operational is { } asked && asked != now.IsOperational ? asked : null;
        if (newName == name && newConfig == config && newOperational is null) return [];
        if (newConfig.LegacySignature is not null && secrets.Newest.Scheme != SigningScheme.Hmac) throw LegacyNeedsHmac();
        RefuseClash(now.Credential.Public, newConfig);
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

    private static ConnectionEvent[] Credentialed(ConnectionCommand.SetCredential set, WebhookConfig config)
    {
        RefuseClash(set.Credential, config);
        return [new ConnectionEvent.ConnectionCredentialSet(set.Credential, set.Secret, set.At)];
    }

    private static ConnectionEvent.ConnectionAuthorized Authorized(ConnectionCommand.Authorize authorize, HeldCredential held)
    {
        if (held.Public.Kind != CredentialKind.Oauth2 || held.Public.Provider != authorize.Provider)
            throw new Refused("connection.not_oauth2", "The connection has no credential of kind oauth2 for this provider: set one first.");
        if (held.Status == CredentialStatus.Revoked) throw new Refused("connection.credential_revoked", "The connection's credential was revoked: set it again first.");
        return new(authorize.Provider, authorize.Scopes, authorize.ExpiresAt, authorize.By, authorize.At);
    }

    // Two values in one place: which of them holds would be for the target to guess.
    private static void RefuseClash(Credential credential, WebhookConfig config)
    {
        if (credential.FilledHeader() is { } header && config.Carries(header))
            throw new Refused("connection.header_taken", $"The header {header} is filled by the credential: take it out of config, or choose another credential.");
        if (credential.Query is { } query && config.HasQuery(query))
            throw new Refused("connection.query_taken", $"The query parameter {query} is filled by the credential: take it out of config.url, or choose another credential.");
    }

    // The old form knows no other key than a shared secret, and the newest never expires.
    private static Refused LegacyNeedsHmac() =>
        new("connection.legacy_needs_hmac", "A legacy signature is made with the newest secret, which must then be hmac: take legacy_signature away, or choose that scheme.");
}
