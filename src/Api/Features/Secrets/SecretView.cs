using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Secrets;

/// <summary>A secret, but for its values.</summary>
/// <param name="Path"><c>tenants/{workspace}/{name}</c>.</param>
/// <param name="Owner">Who created it.</param>
/// <param name="Versions">The newest first.</param>
public sealed record SecretView(string Name, string Path, string? Description, string Owner, DateTimeOffset CreatedAt, IReadOnlyList<SecretView.VersionView> Versions)
{
    public enum VersionStatus { Active, Expired, Revoked }

    /// <param name="Owner">Who brought it.</param>
    /// <param name="LastUsedAt">To the minute; null when it was not used yet.</param>
    public sealed record VersionView(
        int Number, VersionStatus Status, string Owner, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

    public const string Missing = "There is no such secret.";

    public static SecretView Of(Call call, Secret.Kept secret, DateTimeOffset at, IReadOnlyList<KeptVersion>? kept = null) => new(
        secret.Name, PathOf(call.Workspace.Id, secret.Name), secret.Description, secret.Owner, secret.CreatedAt,
        [.. secret.Versions.Reverse().Select(v => new VersionView(v.Number, StatusOf(v, at), v.Owner, v.CreatedAt, v.ExpiresAt, v.RevokedAt, kept?.FirstOrDefault(k => k.Version == v.Number)?.LastUsedAt))]);

    public static string PathOf(string workspace, string name) => $"tenants/{workspace}/{name}";

    /// <summary>Notes what the request is about.</summary>
    /// <returns>The secret's stream.</returns>
    /// <exception cref="ProblemException">404: no secret can have this name.</exception>
    public static string Stream(Call call, string name) =>
        Secret.IsName(name) ? call.Subject = Ids.OfSecret(name) : throw ProblemAnswer.Missing(Missing);

    private static VersionStatus StatusOf(SecretVersion version, DateTimeOffset now) =>
        version.RevokedAt is not null ? VersionStatus.Revoked : version.IsActiveAt(now) ? VersionStatus.Active : VersionStatus.Expired;
}
