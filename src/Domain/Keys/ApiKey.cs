using EventMesh.Domain.Access;

namespace EventMesh.Domain.Keys;

/// <summary>What has happened to an API key of a workspace, and what it therefore is. The key itself is never here, only its SHA-256 in hex.</summary>
public abstract record ApiKeyEvent
{
    private ApiKeyEvent() { }

    /// <param name="Roles">Names of roles; all of them when absent.</param>
    public sealed record ApiKeyIssued(string Name, string Sha256, DateTimeOffset At, IReadOnlyList<string>? Roles = null) : ApiKeyEvent;

    /// <param name="Roles">All that it has from now on.</param>
    public sealed record ApiKeyRolesChanged(IReadOnlyList<string> Roles, DateTimeOffset At) : ApiKeyEvent;
    public sealed record ApiKeyRevoked(DateTimeOffset At) : ApiKeyEvent;
}

public abstract record ApiKey
{
    private ApiKey() { }

    public sealed record Missing : ApiKey;
    public sealed record Active(string Name, string Sha256, DateTimeOffset CreatedAt, Role Roles = Role.All) : ApiKey;
    public sealed record Revoked(string Name, DateTimeOffset CreatedAt, DateTimeOffset RevokedAt) : ApiKey;

    public static readonly ApiKey Initial = new Missing();

    public static ApiKey Evolve(ApiKey state, ApiKeyEvent happened) => (state, happened) switch
    {
        (_, ApiKeyEvent.ApiKeyIssued issued) => new Active(issued.Name, issued.Sha256, issued.At, issued.Roles is { } roles ? RoleNames.Stored(roles) : Role.All),
        (Active active, ApiKeyEvent.ApiKeyRolesChanged changed) => active with { Roles = RoleNames.Stored(changed.Roles) },
        (Active active, ApiKeyEvent.ApiKeyRevoked revoked) => new Revoked(active.Name, active.CreatedAt, revoked.At),
        _ => state,
    };
}
