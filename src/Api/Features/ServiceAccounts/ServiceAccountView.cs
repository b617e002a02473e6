using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <summary>A service account as it is shown: everything but its secrets.</summary>
/// <param name="TokenSeconds">How long its tokens hold.</param>
public sealed record ServiceAccountView(
    string Id, string Name, IReadOnlyList<string> Roles, string Status, int TokenSeconds, IReadOnlyList<ServiceAccountView.CredentialView> Credentials, long Version, DateTimeOffset CreatedAt)
{
    public const string Prefix = "sa_";
    public const string StreamType = "service_account";
    public const string NotThere = "There is no such service account.";

    /// <param name="Kid">Of a key; null for a secret.</param>
    public sealed record CredentialView(string Id, ClientCredentialKind Kind, string? Kid, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    /// <summary>Null when it is deleted, or never was.</summary>
    public static ServiceAccountView? Of(string id, long version, ServiceAccount account) => account is ServiceAccount.Present a
        ? new(id, a.Name, a.Roles.Names(), a.Enabled ? "enabled" : "disabled", a.TokenSeconds, [.. a.Credentials.Select(c => new CredentialView(c.Id, c.Kind, c.Kid, c.CreatedAt, c.ExpiresAt))], version, a.CreatedAt)
        : null;
}
