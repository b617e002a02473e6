using System.Collections.Concurrent;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;
using EventMesh.Domain.Limits;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Replays;
using EventMesh.Domain.Sources;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Projections.Index;

/// <summary>
/// How every workspace is configured, in memory: what routing, sending and authentication ask at each step. A fold of the configuration events in the
/// order of the feed, so an index that has read up to a position knows exactly what was configured by then.
/// </summary>
public sealed class WorkspaceIndex(Plans plans)
{
    /// <summary>For those who ask for no limits.</summary>
    public WorkspaceIndex() : this(Plans.Default) { }

    private readonly ConcurrentDictionary<string, ConfiguredWorkspace> workspaces = new(StringComparer.Ordinal);
    private readonly ApiKeys keys = new();
    private readonly SourceTokens sources = new();

    /// <summary>The platform's admins.</summary>
    public PlatformAdmins Admins { get; } = new();

    /// <summary>The replays of all workspaces that have not ended.</summary>
    public RunningReplays Replays { get; } = new();

    /// <summary>Under which elevations admins may act.</summary>
    public Elevations Elevations { get; } = new();

    /// <summary>The platform's registrations with OAuth providers, for workspaces that have none of their own.</summary>
    public OauthApps PlatformApps { get; private set; } = OauthApps.Empty;

    /// <summary>Null when there is no such workspace.</summary>
    public ConfiguredWorkspace? Find(string workspace) => workspaces.GetValueOrDefault(workspace);

    /// <summary>Whose API key has this SHA-256 (hex, lower case); null when nobody's, or revoked.</summary>
    public KeyOwner? OwnerOf(string sha256) => keys.OwnerOf(sha256);

    /// <summary>What a key may do; null when there is no such key, or no longer.</summary>
    public Role? RolesOfKey(string workspace, string key) => keys.RolesOf(workspace, key);

    /// <summary>Whose inbound webhooks come to the token with this SHA-256 (hex, lower case); null when nobody's, or no longer.</summary>
    public SourceOwner? SourceOf(string sha256) => sources.OwnerOf(sha256);

    public IReadOnlyCollection<string> Workspaces => (IReadOnlyCollection<string>)workspaces.Keys;

    /// <summary>
    /// Takes in one event; those that configure nothing change nothing. One that cannot be read is passed over: it stands in one workspace, and must not
    /// stop the others.
    /// </summary>
    /// <returns>Why it could not be read; null when it could.</returns>
    public string? Apply(StoredEvent stored, EventTypes types)
    {
        switch (types.TryRead(stored, out var fault))
        {
            case null:
                break;
            case ApiKeyEvent key:
                keys.Apply(stored.Workspace, stored.Stream, key);
                break;
            case PlatformAdminEvent admin when stored.Workspace == Workspace.PlatformId:
                Admins.Apply(stored.Stream, admin);
                break;
            case ReplayEvent replay:
                Replays.Apply(stored, replay);
                break;
            case OauthAppEvent app when stored.Workspace == Workspace.PlatformId:
                PlatformApps = PlatformApps.Apply(stored.Stream, app);
                break;
            // The platform's own history is no workspace.
            case var _ when stored.Workspace == Workspace.PlatformId:
                break;
            case ElevationEvent elevation:
                Elevations.Apply(stored.Workspace, stored.Stream, elevation);
                break;
            case WorkspaceEvent.WorkspacePurging purging:
                Purge(stored.Workspace, purging.At);
                break;
            case var happened:
                if (happened is SourceEvent source) sources.Apply(stored.Workspace, stored.Stream, source);
                workspaces[stored.Workspace] = (Find(stored.Workspace) ?? ConfiguredWorkspace.Empty(stored.Workspace)).Apply(stored.Stream, stored.Version, happened, plans);
                break;
        }
        return fault;
    }

    /// <summary>
    /// Whoever may act in a workspace that is being purged may no longer, and nothing of it is routed. Its OAuth apps stay until <see cref="Drop"/>: its tokens are given back with them.
    /// </summary>
    private void Purge(string workspace, DateTimeOffset since)
    {
        var apps = Find(workspace)?.OauthApps ?? OauthApps.Empty;
        Forget(workspace);
        workspaces[workspace] = ConfiguredWorkspace.Empty(workspace) with { Workspace = new Workspace.Purging(workspace, since), OauthApps = apps };
    }

    /// <summary>Knows nothing of a workspace any more.</summary>
    public void Drop(string workspace)
    {
        Forget(workspace);
        workspaces.TryRemove(workspace, out _);
    }

    private void Forget(string workspace)
    {
        keys.Forget(workspace);
        sources.Forget(workspace);
        Elevations.Forget(workspace);
        Replays.Forget(workspace);
    }
}
