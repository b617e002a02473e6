using EventMesh.Domain.Workspaces;
using EventMesh.Messaging;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery;

/// <summary>
/// A workspace that is suspended is sent nothing. What is due waits as a timer that is marked as held and uses no attempt; when the workspace goes on, <see cref="ResumedWorkspaces"/> wakes
/// what was held, in the order of acceptance. The looks in between are for the case that it missed one.
/// </summary>
public sealed class SuspensionHold(IndexFollower follower, TimeProvider clock)
{
    private static readonly TimeSpan LookMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookMax = TimeSpan.FromMinutes(5);

    /// <summary>The longer it has lasted, the rarer the looks.</summary>
    private const int LooksPerTime = 4;

    public bool Holds(string workspace) => Since(workspace) is not null;

    /// <returns>Null when an attempt may be made; else when to come back.</returns>
    public DateTimeOffset? Holds(Dispatch of)
    {
        if (Since(of.Workspace) is not { } since) return null;
        var now = clock.GetUtcNow();
        return now + TimeSpan.FromSeconds(Math.Clamp((now - since).TotalSeconds / LooksPerTime, LookMin.TotalSeconds, LookMax.TotalSeconds));
    }

    private DateTimeOffset? Since(string workspace) => follower.Index.Find(workspace)?.Workspace switch
    {
        Workspace.Open { IsSuspended: true } open => open.Suspension?.Since ?? open.Closing!.Since,
        Workspace.Purging purging => purging.Since,
        _ => null,
    };
}
