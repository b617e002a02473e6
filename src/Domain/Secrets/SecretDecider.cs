namespace EventMesh.Domain.Secrets;

public abstract record SecretCommand
{
    private SecretCommand() { }

    /// <param name="Version">The number under which the value is kept: one that was never used.</param>
    public sealed record CreateSecret(string Name, int Version, string? Description, string Owner, DateTimeOffset? ExpiresAt, DateTimeOffset At) : SecretCommand;
    public sealed record AddVersion(int Version, string Owner, DateTimeOffset? ExpiresAt, DateTimeOffset At) : SecretCommand;
    public sealed record RevokeVersion(int Version, DateTimeOffset At) : SecretCommand;
    public sealed record DeleteSecret(DateTimeOffset At) : SecretCommand;
}

public static class SecretDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static SecretEvent[] Decide(SecretCommand command, Secret state) => (command, state) switch
    {
        (SecretCommand.CreateSecret create, Secret.Missing or Secret.Deleted) =>
            [new SecretEvent.SecretCreated(create.Name, create.Version, create.Description, create.Owner, create.ExpiresAt, create.At)],
        (SecretCommand.CreateSecret, Secret.Kept) => throw new Refused("secret.exists", "A secret of this name exists already; add a version to it."),

        (SecretCommand.DeleteSecret, Secret.Deleted) => [],
        (_, Secret.Missing or Secret.Deleted) => throw new Refused("secret.missing", "There is no such secret."),

        (SecretCommand.AddVersion add, Secret.Kept now) => Added(add, now),
        (SecretCommand.RevokeVersion revoke, Secret.Kept now) => Revoked(revoke, now),
        (SecretCommand.DeleteSecret delete, Secret.Kept now) => [new SecretEvent.SecretDeleted(now.Name, delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static SecretEvent[] Added(SecretCommand.AddVersion add, Secret.Kept now)
    {
        if (now.Versions.Any(v => v.Number == add.Version)) throw new Refused("secret.version_taken", $"Version {add.Version} is another already; try again.");
        return now.ActiveAt(add.At).Count() < Secret.ActiveVersionsMax
            ? [new SecretEvent.SecretVersionAdded(now.Name, add.Version, add.Owner, add.ExpiresAt, add.At)]
            : throw new Refused("secret.too_many_versions", $"{Secret.ActiveVersionsMax} versions are active already, and no more may be at once. Revoke one first.");
    }

    private static SecretEvent[] Revoked(SecretCommand.RevokeVersion revoke, Secret.Kept now) =>
        now.Versions.FirstOrDefault(v => v.Number == revoke.Version) switch
        {
            null => throw new Refused("secret.version.missing", "There is no such version."),
            { RevokedAt: not null } => [],
            _ => [new SecretEvent.SecretVersionRevoked(now.Name, revoke.Version, revoke.At)],
        };
}
