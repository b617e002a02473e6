namespace EventMesh.Domain.Access;

/// <summary>What has happened to an admin of the platform, and what it therefore is. The token itself is never here, only its SHA-256 in hex.</summary>
public abstract record PlatformAdminEvent
{
    private PlatformAdminEvent() { }

    public sealed record PlatformAdminAdded(string Name, string Sha256, DateTimeOffset At) : PlatformAdminEvent;
    public sealed record PlatformAdminRemoved(DateTimeOffset At) : PlatformAdminEvent;
}

public abstract record PlatformAdmin
{
    private PlatformAdmin() { }

    public sealed record Missing : PlatformAdmin;
    public sealed record Active(string Name, string Sha256, DateTimeOffset AddedAt) : PlatformAdmin;
    public sealed record Removed(string Name, DateTimeOffset RemovedAt) : PlatformAdmin;

    public static readonly PlatformAdmin Initial = new Missing();

    public static PlatformAdmin Evolve(PlatformAdmin state, PlatformAdminEvent happened) => (state, happened) switch
    {
        (_, PlatformAdminEvent.PlatformAdminAdded added) => new Active(added.Name, added.Sha256, added.At),
        (Active active, PlatformAdminEvent.PlatformAdminRemoved removed) => new Removed(active.Name, removed.At),
        _ => state,
    };
}
