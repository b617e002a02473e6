namespace EventMesh.Domain.Sources;

public abstract record SourceCommand
{
    private SourceCommand() { }

    public sealed record CreateSource(SourceSettings Settings, string SecretId, DateTimeOffset At) : SourceCommand;
    public sealed record ChangeSource(string Name, SourceVerification Verification, SourceEnvelope Envelope, DateTimeOffset At) : SourceCommand;
    public sealed record RotateToken(string TokenSha256, DateTimeOffset At) : SourceCommand;
    public sealed record RotateSecret(string SecretId, TimeSpan Overlap, DateTimeOffset At) : SourceCommand;
    public sealed record DisableSource(DateTimeOffset At) : SourceCommand;
    public sealed record EnableSource(DateTimeOffset At) : SourceCommand;
    public sealed record DeleteSource(DateTimeOffset At) : SourceCommand;
}

public static class SourceDecider
{
    /// <summary>Secrets that may hold at once: each costs every request a digest of its body.</summary>
    public const int SecretsMax = 5;

    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static SourceEvent[] Decide(SourceCommand command, Source state) => (command, state) switch
    {
        (SourceCommand.CreateSource create, Source.Missing) => [new SourceEvent.SourceCreated(create.Settings, create.SecretId, create.At)],
        (SourceCommand.CreateSource, _) => throw new Refused("source.exists", "A source with this id exists already."),

        (SourceCommand.DeleteSource, Source.Deleted) => [],
        (_, Source.Missing or Source.Deleted) => throw new Refused("source.missing", "There is no such source."),

        (SourceCommand.ChangeSource change, Source.Enabled now) => Changed(change, now.Settings),
        (SourceCommand.ChangeSource change, Source.Disabled now) => Changed(change, now.Settings),

        (SourceCommand.RotateToken rotate, Source.Enabled now) => [new SourceEvent.SourceChanged(now.Settings with { TokenSha256 = rotate.TokenSha256 }, rotate.At)],
        (SourceCommand.RotateToken rotate, Source.Disabled now) => [new SourceEvent.SourceChanged(now.Settings with { TokenSha256 = rotate.TokenSha256 }, rotate.At)],

        (SourceCommand.RotateSecret rotate, Source.Enabled now) => Rotated(rotate, now.Secrets),
        (SourceCommand.RotateSecret rotate, Source.Disabled now) => Rotated(rotate, now.Secrets),

        (SourceCommand.DisableSource disable, Source.Enabled) => [new SourceEvent.SourceDisabled(disable.At)],
        (SourceCommand.DisableSource, Source.Disabled) => [],

        (SourceCommand.EnableSource enable, Source.Disabled) => [new SourceEvent.SourceEnabled(enable.At)],
        (SourceCommand.EnableSource, Source.Enabled) => [],

        (SourceCommand.DeleteSource delete, _) => [new SourceEvent.SourceDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static SourceEvent[] Changed(SourceCommand.ChangeSource change, SourceSettings settings)
    {
        var changed = settings with { Name = change.Name, Verification = change.Verification, Envelope = change.Envelope };
        return changed == settings ? [] : [new SourceEvent.SourceChanged(changed, change.At)];
    }

    private static SourceEvent[] Rotated(SourceCommand.RotateSecret rotate, IReadOnlyList<SourceSecret> secrets) =>
        rotate.Overlap > TimeSpan.Zero && Source.Holding(secrets, rotate.At).Count() >= SecretsMax
            ? throw new Refused("source.secrets_full", $"{SecretsMax} secrets hold already; wait for one of them to end, or rotate without overlap.")
            : [new SourceEvent.SourceSecretRotated(rotate.SecretId, rotate.At + rotate.Overlap, rotate.At)];
}
