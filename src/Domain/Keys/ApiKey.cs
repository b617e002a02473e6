namespace EventMesh.Domain.Keys;

/// <summary>What has happened to an API key of a workspace, and what it therefore is. The key itself is never here, only its SHA-256 in hex.</summary>
public abstract record ApiKeyEvent
{
    private ApiKeyEvent() { }

    public sealed record ApiKeyIssued(string Name, string Sha256, DateTimeOffset At) : ApiKeyEvent;
    public sealed record ApiKeyRevoked(DateTimeOffset At) : ApiKeyEvent;
}

public abstract record ApiKey
{
    private ApiKey() { }

    public sealed record Missing : ApiKey;
    public sealed record Active(string Name, string Sha256, DateTimeOffset CreatedAt) : ApiKey;
    public sealed record Revoked(string Name, DateTimeOffset CreatedAt, DateTimeOffset RevokedAt) : ApiKey;

    public static readonly ApiKey Initial = new Missing();

    public static ApiKey Evolve(ApiKey state, ApiKeyEvent happened) => (state, happened) switch
    {
        (_, ApiKeyEvent.ApiKeyIssued issued) => new Active(issued.Name, issued.Sha256, issued.At),
        (Active active, ApiKeyEvent.ApiKeyRevoked revoked) => new Revoked(active.Name, active.CreatedAt, revoked.At),
        _ => state,
    };
}
