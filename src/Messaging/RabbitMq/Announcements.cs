namespace EventMesh.Messaging.RabbitMq;

/// <summary>When a workspace was last announced as active by this publisher, so that it is announced now and then and not with each message.</summary>
internal sealed class Announcements(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, long> _last = [];

    public bool IsDue(string workspace)
    {
        if (_last.TryGetValue(workspace, out var last) && time.GetElapsedTime(last) < Interval)
            return false;

        _last[workspace] = time.GetTimestamp();
        return true;
    }
}
