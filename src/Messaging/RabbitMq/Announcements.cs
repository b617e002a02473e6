namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Which workspaces this publisher announced as active. Every message is followed by an announcement of its workspace: at once, or, where one was made
/// less than <paramref name="every"/> ago, when that time is over. A node that stopped taking from a queue, or began to listen, just before a message came
/// hears of it afterwards, however long the message was on its way: nothing depends on two clocks.
/// </summary>
internal sealed class Announcements(TimeProvider time, TimeSpan every)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, bool Owed)> _made = [];

    /// <returns>True when a message is to be followed by an announcement at once; else one is owed.</returns>
    public bool Due(string workspace)
    {
        lock (_gate)
        {
            var due = !_made.TryGetValue(workspace, out var last) || time.GetElapsedTime(last.At) >= every;
            _made[workspace] = due ? (time.GetTimestamp(), false) : (last.At, true);
            return due;
        }
    }

    /// <summary>Forgets those whose time is over, unless one is owed: it is to be made now.</summary>
    public List<string> TakeOwed()
    {
        var owed = new List<string>();
        lock (_gate)
        {
            foreach (var (workspace, last) in _made)
            {
                if (time.GetElapsedTime(last.At) < every)
                    continue;

                if (last.Owed)
                    owed.Add(workspace);
                _made.Remove(workspace);
            }

            foreach (var workspace in owed)
                _made.Add(workspace, (time.GetTimestamp(), false));
        }

        return owed;
    }

    /// <summary>The connection they were made on has ended: all are to be made anew.</summary>
    public List<string> TakeAll()
    {
        lock (_gate)
        {
            List<string> all = [.. _made.Keys];
            _made.Clear();
            return all;
        }
    }
}
