using System.Collections.Immutable;
using EventMesh.Domain.Access;

namespace EventMesh.Domain.Identity;

/// <summary>What has happened to a service account, and what it therefore is: a program that acts in a workspace with tokens of its issuer.</summary>
public abstract record ServiceAccountEvent
{
    private ServiceAccountEvent() { }

    /// <param name="Roles">Names of roles.</param>
    /// <param name="TokenSeconds">How long its tokens hold.</param>
    public sealed record ServiceAccountCreated(string Name, IReadOnlyList<string> Roles, int TokenSeconds, DateTimeOffset At) : ServiceAccountEvent;

    /// <summary>All of what it is from now on.</summary>
    public sealed record ServiceAccountChanged(string Name, IReadOnlyList<string> Roles, int TokenSeconds, bool Enabled, DateTimeOffset At) : ServiceAccountEvent;

    public sealed record ServiceAccountCredentialAdded(ClientCredential Credential, DateTimeOffset At) : ServiceAccountEvent;
    public sealed record ServiceAccountCredentialRevoked(string CredentialId, DateTimeOffset At) : ServiceAccountEvent;

    /// <summary>None of the tokens it had holds any longer.</summary>
    public sealed record TokensRevokedBefore(DateTimeOffset At) : ServiceAccountEvent;

    public sealed record ServiceAccountDeleted(DateTimeOffset At) : ServiceAccountEvent;
}

public abstract record ServiceAccount
{
    /// <summary>How many a workspace may have.</summary>
    public const int CountMax = 500;

    private ServiceAccount() { }

    public sealed record Missing : ServiceAccount;

    public sealed record Present(string Name, Role Roles, int TokenSeconds, bool Enabled, DateTimeOffset CreatedAt) : ServiceAccount
    {
        /// <summary>Those that are not revoked, oldest first; expired ones too.</summary>
        public ImmutableArray<ClientCredential> Credentials { get; init; } = [];

        public ImmutableHashSet<string> RevokedCredentials { get; init; } = [];

        /// <summary>
        /// How often all its tokens were revoked. A token names the generation it was made in and holds in no other: exact, where times of several
        /// nodes' clocks would not be. Disabling counts too, so that enabling brings no old token back.
        /// </summary>
        public int Generation { get; init; }
    }

    public sealed record Deleted : ServiceAccount;

    public static readonly ServiceAccount Initial = new Missing();

    public static ServiceAccount Evolve(ServiceAccount state, ServiceAccountEvent happened) => (state, happened) switch
    {
        (_, ServiceAccountEvent.ServiceAccountCreated created) => new Present(created.Name, RoleNames.Stored(created.Roles), created.TokenSeconds, true, created.At),
        (Present present, ServiceAccountEvent.ServiceAccountChanged changed) => present with
        {
            Name = changed.Name, Roles = RoleNames.Stored(changed.Roles), TokenSeconds = changed.TokenSeconds, Enabled = changed.Enabled,
            Generation = present.Generation + (present.Enabled && !changed.Enabled ? 1 : 0),
        },
        (Present present, ServiceAccountEvent.ServiceAccountCredentialAdded added) => present with { Credentials = present.Credentials.Add(added.Credential) },
        (Present present, ServiceAccountEvent.ServiceAccountCredentialRevoked revoked) => present with
        {
            Credentials = present.Credentials.RemoveAll(c => c.Id == revoked.CredentialId), RevokedCredentials = present.RevokedCredentials.Add(revoked.CredentialId),
        },
        (Present present, ServiceAccountEvent.TokensRevokedBefore) => present with { Generation = present.Generation + 1 },
        (_, ServiceAccountEvent.ServiceAccountDeleted) => new Deleted(),
        _ => state,
    };
}
