using System.Collections.Concurrent;

namespace EventMesh.Messaging;

/// <summary>The workspaces that are being purged, as far as this node has heard: nothing is put for them and nothing taken, and their queues are not made anew.</summary>
internal sealed class EndedWorkspaces
{
    private readonly ConcurrentDictionary<string, bool> ended = new(StringComparer.Ordinal);

    public bool Add(string workspace) => ended.TryAdd(workspace, true);

    public bool Contains(string workspace) => !ended.IsEmpty && ended.ContainsKey(workspace);

    /// <summary>The same without those of workspaces that have ended.</summary>
    public IReadOnlyList<Dispatch> Without(IReadOnlyList<Dispatch> dispatches) =>
        ended.IsEmpty || !dispatches.Any(d => Contains(d.Workspace)) ? dispatches : [.. dispatches.Where(d => !Contains(d.Workspace))];
}
