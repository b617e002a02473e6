namespace EventMesh.Domain.Connections;

/// <summary>What has happened to a connection, and what it therefore is. Its signing secret is not here: events are for ever and for many eyes.</summary>
public abstract record ConnectionEvent
{
    private ConnectionEvent() { }

    /// <param name="Scheme">Of its first secret; null for HMAC.</param>
    /// <param name="PublicKey">Of its first secret, when that is an Ed25519 key.</param>
    /// <param name="Operational">Null: it is not.</param>
    public sealed record ConnectionCreated(
        string Name, string Kind, WebhookConfig Config, DateTimeOffset At, SigningScheme? Scheme = null, string? PublicKey = null, bool? Operational = null) : ConnectionEvent;
    /// <param name="Operational">Null: as it was.</param>
    public sealed record ConnectionChanged(string Name, WebhookConfig Config, DateTimeOffset At, bool? Operational = null) : ConnectionEvent;
    public sealed record ConnectionDisabled(DisabledBecause Reason, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionEnabled(DateTimeOffset At) : ConnectionEvent;
    /// <summary>A new secret signs from now on, alone or beside those that were there.</summary>
    /// <param name="Secret">The new one's id, <c>sec_…</c>; its value is not here.</param>
    /// <param name="OverlapSeconds">How long the others still sign: 0 to <see cref="SigningSecret.OverlapSecondsMax"/>.</param>
    public sealed record ConnectionSecretRotated(string Secret, SigningScheme Scheme, string? PublicKey, int OverlapSeconds, DateTimeOffset At) : ConnectionEvent;
    /// <summary>A credential, new or anew, takes the place of what was there.</summary>
    /// <param name="Secret">The id of its secret part, <c>sec_…</c>, whose value is not here; null where its kind has none.</param>
    public sealed record ConnectionCredentialSet(Credential Credential, string? Secret, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionCredentialRevoked(CredentialRevokedBecause Reason, DateTimeOffset At) : ConnectionEvent;
    /// <summary>A person allowed it at the provider. The tokens are not here.</summary>
    /// <param name="Scopes">Those that were granted.</param>
    /// <param name="ExpiresAt">Of the first access token; null when it does not expire.</param>
    /// <param name="By">Who had asked for it: an actor, or a connect session.</param>
    public sealed record ConnectionAuthorized(string Provider, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string By, DateTimeOffset At) : ConnectionEvent;
    /// <summary>Its tokens cannot be renewed any more: a person has to allow it again.</summary>
    /// <param name="Error">What the provider called it, or went wrong for too long.</param>
    public sealed record ConnectionNeedsAttention(NeedsAttentionBecause Reason, string Error, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionDeleted(DateTimeOffset At) : ConnectionEvent;
}

public enum DisabledBecause { Asked, Gone, Failing }

/// <summary>What a webhook's receiver gets: the whole CloudEvent, or its data alone.</summary>
public enum WebhookBody { Cloudevent, Data }

/// <summary>Where a webhook goes and how.</summary>
/// <param name="RetrySchedule">Seconds to wait before the second attempt, the third, …; null for the table of <see cref="Deliveries.RetrySchedule"/>.</param>
/// <param name="LegacySignature">Beside the standard signature, one for receivers that know another form.</param>
/// <param name="SecretHeaders">Headers whose values are secret, with the id of each value, <c>sec_…</c>; the value is not here.</param>
public sealed record WebhookConfig(
    Uri Url, IReadOnlyDictionary<string, string>? Headers, WebhookBody Body, IReadOnlyList<int>? RetrySchedule, LegacySignature? LegacySignature = null,
    IReadOnlyDictionary<string, string>? SecretHeaders = null)
{
    public bool Equals(WebhookConfig? other) =>
        // Uri's own equality ignores user:password@, and a new password is a change.
        other is not null && Url.OriginalString == other.Url.OriginalString && Body == other.Body && LegacySignature == other.LegacySignature
        && Same(Headers, other.Headers) && Same(SecretHeaders, other.SecretHeaders)
        && (RetrySchedule is null ? other.RetrySchedule is null : other.RetrySchedule is not null && RetrySchedule.SequenceEqual(other.RetrySchedule));

    /// <summary>Whether it says itself what stands in a header.</summary>
    public bool Carries(string header) =>
        (Headers ?? NoHeaders).Keys.Concat((SecretHeaders ?? NoHeaders).Keys).Append(LegacySignature?.Header).Contains(header, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the URL has a query parameter of this name.</summary>
    public bool HasQuery(string name) =>
        Url.Query.TrimStart('?').Split('&').Any(p => Uri.UnescapeDataString(p.Split('=')[0].Replace('+', ' ')) == name);

    public override int GetHashCode() => HashCode.Combine(Url, Body, Headers?.Count ?? 0, RetrySchedule?.Count ?? -1);

    private static bool Same(IReadOnlyDictionary<string, string>? some, IReadOnlyDictionary<string, string>? others) =>
        (some ?? NoHeaders).OrderBy(h => h.Key, StringComparer.Ordinal).SequenceEqual((others ?? NoHeaders).OrderBy(h => h.Key, StringComparer.Ordinal));

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
}

/// <summary><c>sha256=</c> and the HMAC-SHA256 of the body in hex, as GitHub signs its webhooks.</summary>
/// <param name="Header">The header that carries it.</param>
public sealed record LegacySignature(string Header);

public abstract record Connection
{
    private Connection() { }

    /// <summary>It gets what the platform tells the workspace, and nothing else: no rule sends to it.</summary>
    public bool IsOperational { get; init; }

    /// <summary>What its requests show the target, and whether they still may.</summary>
    public HeldCredential Credential { get; init; } = HeldCredential.None;

    public sealed record Missing : Connection;
    public sealed record Enabled(string Name, string Kind, WebhookConfig Config, DateTimeOffset CreatedAt) : Connection
    {
        public SigningSecretList Secrets { get; init; } = SigningSecretList.First(SigningScheme.Hmac, null, CreatedAt);
    }

    public sealed record Disabled(string Name, string Kind, WebhookConfig Config, DateTimeOffset CreatedAt, DisabledBecause Reason) : Connection
    {
        public SigningSecretList Secrets { get; init; } = SigningSecretList.First(SigningScheme.Hmac, null, CreatedAt);
    }

    public sealed record Deleted : Connection;

    public static readonly Connection Initial = new Missing();

    public static Connection Evolve(Connection state, ConnectionEvent happened) => (state, happened) switch
    {
        (_, ConnectionEvent.ConnectionCreated created) => new Enabled(created.Name, created.Kind, created.Config, created.At)
        {
            Secrets = SigningSecretList.First(created.Scheme ?? SigningScheme.Hmac, created.PublicKey, created.At),
            IsOperational = created.Operational ?? false,
        },
        (Enabled enabled, ConnectionEvent.ConnectionChanged changed) => enabled with { Name = changed.Name, Config = changed.Config, IsOperational = changed.Operational ?? enabled.IsOperational },
        (Disabled disabled, ConnectionEvent.ConnectionChanged changed) => disabled with { Name = changed.Name, Config = changed.Config, IsOperational = changed.Operational ?? disabled.IsOperational },
        (Enabled enabled, ConnectionEvent.ConnectionDisabled because) => new Disabled(enabled.Name, enabled.Kind, enabled.Config, enabled.CreatedAt, because.Reason) { Secrets = enabled.Secrets, IsOperational = enabled.IsOperational, Credential = enabled.Credential },
        (Disabled disabled, ConnectionEvent.ConnectionEnabled) => new Enabled(disabled.Name, disabled.Kind, disabled.Config, disabled.CreatedAt) { Secrets = disabled.Secrets, IsOperational = disabled.IsOperational, Credential = disabled.Credential },
        (Enabled enabled, ConnectionEvent.ConnectionSecretRotated rotated) => enabled with { Secrets = enabled.Secrets.With(rotated) },
        (Disabled disabled, ConnectionEvent.ConnectionSecretRotated rotated) => disabled with { Secrets = disabled.Secrets.With(rotated) },
        (Enabled or Disabled, ConnectionEvent.ConnectionCredentialSet set) => state with { Credential = HeldCredential.Of(set) },
        (Enabled or Disabled, ConnectionEvent.ConnectionCredentialRevoked revoked) => state with { Credential = state.Credential.Revoked(revoked) },
        (Enabled or Disabled, ConnectionEvent.ConnectionAuthorized authorized) => state with { Credential = state.Credential.Authorized(authorized) },
        (Enabled or Disabled, ConnectionEvent.ConnectionNeedsAttention needs) => state with { Credential = state.Credential.NeedsAttention(needs) },
        (_, ConnectionEvent.ConnectionDeleted) => new Deleted(),
        _ => state,
    };
}
