namespace EventMesh.Delivery.Sharing;

/// <summary>
/// What a node has in hand at once, of all workspaces. As places become scarce each workspace may hold fewer: a quarter of those that are free. However many workspaces
/// hang, the next one finds some; while there are plenty nobody notices.
/// </summary>
internal sealed class NodePlaces(int max)
{
    /// <summary>What a workspace may hold however scarce they are.</summary>
    public const int Least = 4;
    private const int PartOfFree = 4;

    private readonly SemaphoreSlim free = new(max);
    private readonly Dictionary<string, int> held = new(StringComparer.Ordinal);

    /// <summary>Waits until any place is free and takes it.</summary>
    /// <returns>False when the workspace holds as many as it may now.</returns>
    public async Task<bool> Take(string workspace, CancellationToken stop)
    {
        await free.WaitAsync(stop).ConfigureAwait(false);
        lock (held)
        {
            var own = held.GetValueOrDefault(workspace);
            if (own < Math.Max(Least, free.CurrentCount / PartOfFree))
            {
                held[workspace] = own + 1;
                return true;
            }
        }
        free.Release();
        return false;
    }

    public void Release(string workspace, int count = 1)
    {
        lock (held)
        {
            if ((held[workspace] -= count) == 0) held.Remove(workspace);
        }
        free.Release(count);
    }
}
