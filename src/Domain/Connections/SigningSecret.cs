namespace EventMesh.Domain.Connections;

/// <summary>How a secret signs: <c>v1</c> (HMAC-SHA256) or <c>v1a</c> (Ed25519) of Standard Webhooks.</summary>
public enum SigningScheme { Hmac, Ed25519 }

/// <summary>What is known of a signing secret; its value is kept elsewhere.</summary>
/// <param name="Id"><c>sec_…</c>, or <see cref="FirstId"/> for the one that came with the connection.</param>
/// <param name="PublicKey"><c>whpk_…</c> of an Ed25519 secret, else null.</param>
/// <param name="ExpiresAt">From then on it signs no more; null while it is the newest.</param>
public sealed record SigningSecret(string Id, SigningScheme Scheme, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public const string FirstId = "sec_first";

    /// <summary>How long old secrets may sign beside a new one: seven days.</summary>
    public const int OverlapSecondsMax = 7 * 24 * 60 * 60;

    public const int OverlapSecondsDefault = 24 * 60 * 60;

    /// <summary>How many may sign at once. Each costs every request a signature and a header of about 50 to 90 characters.</summary>
    public const int ActiveMax = 5;

    public bool SignsAt(DateTimeOffset now) => ExpiresAt is not { } end || end > now;
}

/// <summary>The secrets of one connection, newest first: the newest has no end, each other one has. Equal when they are the same secrets.</summary>
public sealed class SigningSecretList : IEquatable<SigningSecretList>
{
    private readonly SigningSecret[] secrets;

    private SigningSecretList(SigningSecret[] secrets) => this.secrets = secrets;

    public SigningSecret Newest => secrets[0];

    public static SigningSecretList First(SigningScheme scheme, string? publicKey, DateTimeOffset at) =>
        new([new(SigningSecret.FirstId, scheme, publicKey, at, null)]);

    /// <summary>Those that sign at a moment, newest first.</summary>
    public IReadOnlyList<SigningSecret> ActiveAt(DateTimeOffset now) => secrets.Length == 1 ? secrets : Array.FindAll(secrets, s => s.SignsAt(now));

    /// <summary>
    /// With a newer one in front. The overlap bounds all that were there, those of an earlier overlap too: when it has passed, the new one signs alone.
    /// </summary>
    public SigningSecretList With(ConnectionEvent.ConnectionSecretRotated rotated)
    {
        var end = rotated.At.AddSeconds(rotated.OverlapSeconds);
        return new(
        [
            new(rotated.Secret, rotated.Scheme, rotated.PublicKey, rotated.At, null),
            .. secrets.Select(s => s with { ExpiresAt = s.ExpiresAt < end ? s.ExpiresAt : end }).Where(s => s.SignsAt(rotated.At)),
        ]);
    }

    public bool Equals(SigningSecretList? other) => other is not null && secrets.SequenceEqual(other.secrets);

    public override bool Equals(object? obj) => Equals(obj as SigningSecretList);

    public override int GetHashCode() => HashCode.Combine(secrets.Length, Newest);
}
