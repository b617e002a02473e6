namespace EventMesh.Delivery.Sharing;

/// <summary>
/// The attempts of one workspace that run at once on this node. Who finds no place waits for one in turn; one connection never takes the last quarter,
/// so that one that hangs leaves places for the others.
/// </summary>
/// <param name="share">How many may run here now.</param>
internal sealed class WorkspacePlaces(Func<int> share, TimeProvider clock)
{
    /// <summary>How many are handed back at a look: so few that nodes which are all full hardly notice.</summary>
    public const int HandedBackMax = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> byConnection = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Connection, TaskCompletionSource<bool> Go, long Since)> waiting = [];
    private int running;
    private bool closed;

    /// <summary>Takes a place, waiting for one.</summary>
    /// <returns>False when this node has none to give; null when these places are no longer in use.</returns>
    public Task<bool>? Enter(string connection)
    {
        lock (gate)
        {
            if (closed) return null;
            var most = share();
            if (most == 0) return Task.FromResult(false);
            if (Take(connection, most)) return Task.FromResult(true);
            var go = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.AddLast((connection, go, clock.GetTimestamp()));
            return go.Task;
        }
    }

    public void Leave(string connection)
    {
        lock (gate)
        {
            running--;
            if (--byConnection[connection] == 0) byConnection.Remove(connection);
            LetIn();
        }
    }

    /// <summary>The share may have changed. Closes what nobody uses.</summary>
    /// <param name="others">Whether another node may have places to spare: then some of those that wait for long are for it to try.</param>
    /// <returns>Whether it is closed.</returns>
    public bool Look(bool others)
    {
        lock (gate)
        {
            LetIn();
            if (others && waiting.First is { } oldest && clock.GetElapsedTime(oldest.Value.Since) >= Patience)
            {
                for (var i = 0; i < HandedBackMax && waiting.Last is { } youngest; i++)
                {
                    waiting.RemoveLast();
                    youngest.Value.Go.SetResult(false);
                }
            }
            return closed = running == 0 && waiting.Count == 0;
        }
    }

    private void LetIn()
    {
        var most = share();
        for (var (next, after) = (waiting.First, (LinkedListNode<(string, TaskCompletionSource<bool>, long)>?)null); next is not null && (most == 0 || running < most); next = after)
        {
            after = next.Next;
            var (connection, go, _) = next.Value;
            if (most > 0 && !Take(connection, most)) continue;
            waiting.Remove(next);
            go.SetResult(most > 0);
        }
    }

    private bool Take(string connection, int most)
    {
        var own = byConnection.GetValueOrDefault(connection);
        if (running >= most || own >= OfOneConnection(most)) return false;
        running++;
        byConnection[connection] = own + 1;
        return true;
    }

    private static int OfOneConnection(int most) => Math.Max(1, most - Math.Max(1, most / 4));
}
