namespace EventMesh.Domain.Sources;

/// <summary>
/// What has happened to a source of inbound webhooks, and what it therefore is. Neither its token nor its secrets are here: of the token the SHA-256 in hex,
/// of a secret the id under which the workspace keeps it.
/// </summary>
public abstract record SourceEvent
{
    private SourceEvent() { }

    public sealed record SourceCreated(SourceSettings Settings, string SecretId, DateTimeOffset At) : SourceEvent;
    public sealed record SourceChanged(SourceSettings Settings, DateTimeOffset At) : SourceEvent;

    /// <param name="OldUntil">Until when the secrets of before hold, too.</param>
    public sealed record SourceSecretRotated(string SecretId, DateTimeOffset OldUntil, DateTimeOffset At) : SourceEvent;
    public sealed record SourceDisabled(DateTimeOffset At) : SourceEvent;
    public sealed record SourceEnabled(DateTimeOffset At) : SourceEvent;
    public sealed record SourceDeleted(DateTimeOffset At) : SourceEvent;
}

/// <param name="TokenSha256">Of the token in the receiving address; hex, lower case.</param>
public sealed record SourceSettings(string Name, string TokenSha256, SourceVerification Verification, SourceEnvelope Envelope);

/// <summary>A secret that requests are verified with.</summary>
/// <param name="Id">Under which the workspace keeps it, <c>sec_…</c>.</param>
/// <param name="Until">When it stops to hold; null while it is the newest.</param>
public sealed record SourceSecret(string Id, DateTimeOffset? Until);

public abstract record Source
{
    private Source() { }

    public sealed record Missing : Source;
    public sealed record Enabled(SourceSettings Settings, IReadOnlyList<SourceSecret> Secrets, DateTimeOffset CreatedAt) : Source;
    public sealed record Disabled(SourceSettings Settings, IReadOnlyList<SourceSecret> Secrets, DateTimeOffset CreatedAt) : Source;
    public sealed record Deleted : Source;

    public static readonly Source Initial = new Missing();

    public static Source Evolve(Source state, SourceEvent happened) => (state, happened) switch
    {
        (_, SourceEvent.SourceCreated created) => new Enabled(created.Settings, [new(created.SecretId, null)], created.At),
        (Enabled enabled, SourceEvent.SourceChanged changed) => enabled with { Settings = changed.Settings },
        (Disabled disabled, SourceEvent.SourceChanged changed) => disabled with { Settings = changed.Settings },
        (Enabled enabled, SourceEvent.SourceSecretRotated rotated) => enabled with { Secrets = Rotated(enabled.Secrets, rotated) },
        (Disabled disabled, SourceEvent.SourceSecretRotated rotated) => disabled with { Secrets = Rotated(disabled.Secrets, rotated) },
        (Enabled enabled, SourceEvent.SourceDisabled) => new Disabled(enabled.Settings, enabled.Secrets, enabled.CreatedAt),
        (Disabled disabled, SourceEvent.SourceEnabled) => new Enabled(disabled.Settings, disabled.Secrets, disabled.CreatedAt),
        (_, SourceEvent.SourceDeleted) => new Deleted(),
        _ => state,
    };

    /// <summary>The secrets that hold at a moment.</summary>
    public static IEnumerable<SourceSecret> Holding(IReadOnlyList<SourceSecret> secrets, DateTimeOffset at) => secrets.Where(s => s.Until is not { } until || until > at);

    private static SourceSecret[] Rotated(IReadOnlyList<SourceSecret> secrets, SourceEvent.SourceSecretRotated rotated) =>
    [
        // A later rotation never makes an old secret hold longer.
        .. Holding(secrets.Select(s => s with { Until = s.Until < rotated.OldUntil ? s.Until : rotated.OldUntil }).ToArray(), rotated.At),
        new(rotated.SecretId, null),
    ];
}
