namespace EventMesh.Domain.Secrets;

/// <summary>What has happened to a secret of a workspace, and what it therefore is: everything but its values, which no event holds.</summary>
public abstract record SecretEvent
{
    private SecretEvent() { }

    /// <summary>The name is given a secret, with its first version; again after it was deleted, and then numbers go on where they ended.</summary>
    /// <param name="Owner">Who brought the version, an actor's id.</param>
    public sealed record SecretCreated(string Name, int Version, string? Description, string Owner, DateTimeOffset? ExpiresAt, DateTimeOffset At) : SecretEvent;
    public sealed record SecretVersionAdded(string Name, int Version, string Owner, DateTimeOffset? ExpiresAt, DateTimeOffset At) : SecretEvent;
    public sealed record SecretVersionRevoked(string Name, int Version, DateTimeOffset At) : SecretEvent;
    /// <summary>Every version is revoked, and the name is free.</summary>
    public sealed record SecretDeleted(string Name, DateTimeOffset At) : SecretEvent;
}

/// <param name="Number">Given once and never again, not even after the secret was deleted.</param>
/// <param name="ExpiresAt">From then on nobody gets it; null: it has no end.</param>
public sealed record SecretVersion(int Number, string Owner, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt = null)
{
    public bool IsActiveAt(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}

public abstract record Secret
{
    private Secret() { }

    public const int NameCharsMax = 100;
    public const int DescriptionCharsMax = 1_000;

    /// <summary>UTF-8.</summary>
    public const int ValueBytesMax = 64 * 1024;

    /// <summary>Versions that may be given out at once: enough to rotate through several systems, few enough to be watched.</summary>
    public const int ActiveVersionsMax = 10;

    /// <summary>Of a workspace, at once.</summary>
    public const int SecretsMax = 1_000;

    /// <summary>Versions that are over and still shown: those of last. The others are in the history.</summary>
    public const int OverVersionsKept = 50;

    public sealed record Missing : Secret;

    /// <param name="Owner">Who created it.</param>
    public sealed record Kept(string Name, string? Description, string Owner, DateTimeOffset CreatedAt) : Secret
    {
        /// <summary>By number, the newest last.</summary>
        public IReadOnlyList<SecretVersion> Versions { get; init; } = [];

        public IEnumerable<SecretVersion> ActiveAt(DateTimeOffset now) => Versions.Where(v => v.IsActiveAt(now));
    }

    public sealed record Deleted : Secret;

    public static readonly Secret Initial = new Missing();

    /// <summary>Whether a workspace may name a secret so: <c>^[a-z0-9][a-z0-9._-]{0,99}$</c>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= NameCharsMax } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or '_' or '-');

    public static Secret Evolve(Secret state, SecretEvent happened) => (state, happened) switch
    {
        (_, SecretEvent.SecretCreated created) =>
            new Kept(created.Name, created.Description, created.Owner, created.At) { Versions = [new(created.Version, created.Owner, created.At, created.ExpiresAt)] },
        (Kept kept, SecretEvent.SecretVersionAdded added) =>
            kept with { Versions = Shown([.. kept.Versions.Append(new(added.Version, added.Owner, added.At, added.ExpiresAt)).OrderBy(v => v.Number)], added.At) },
        (Kept kept, SecretEvent.SecretVersionRevoked revoked) =>
            kept with { Versions = Shown([.. kept.Versions.Select(v => v.Number == revoked.Version ? v with { RevokedAt = v.RevokedAt ?? revoked.At } : v)], revoked.At) },
        (_, SecretEvent.SecretDeleted) => new Deleted(),
        _ => state,
    };

    private static SecretVersion[] Shown(SecretVersion[] versions, DateTimeOffset at)
    {
        var tooMany = versions.Count(v => !v.IsActiveAt(at)) - OverVersionsKept;
        return tooMany <= 0 ? versions : [.. versions.Where(v => v.IsActiveAt(at) || tooMany-- <= 0)];
    }
}
