using System.Collections.Concurrent;

namespace EventMesh.Delivery.Offboarding;

/// <summary>Keeps something of workspaces in this node's memory, values of secrets first of all, and forgets it when a workspace is purged.</summary>
public interface IForgets
{
    void Forget(string workspace);
}

public static class Forgetting
{
    /// <summary>Takes out whatever is kept under a workspace and something of it.</summary>
    public static void Forget<TOf, TKept>(this ConcurrentDictionary<(string, TOf), TKept> kept, string workspace)
    {
        foreach (var (key, _) in kept)
            if (key.Item1 == workspace) kept.TryRemove(key, out _);
    }
}
