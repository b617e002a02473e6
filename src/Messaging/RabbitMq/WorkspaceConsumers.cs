using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// The consumers of one workspace's queue on one connection. One, as a rule. A dispatch that is set aside still counts against
/// the prefetch of the consumer it came by, so more are added while many are: a connection that fails must not hold up the workspace's others.
/// </summary>
internal sealed class WorkspaceConsumers(string workspace, int prefetch)
{
    private const int ConsumersMax = 16;

    private readonly Lock _gate = new();
    private readonly List<string> _tags = [];
    private int _setAside;
    private int _wanted = 1;
    private int _opened;

    /// <returns>True when a consumer is to be added.</returns>
    public bool OneSetAside()
    {
        lock (_gate)
        {
            var wanted = Math.Min(ConsumersMax, 1 + (2 * ++_setAside / prefetch));
            var more = wanted > _wanted;
            _wanted = Math.Max(_wanted, wanted);
            return more;
        }
    }

    /// <returns>True when those that were added are no longer needed.</returns>
    public bool OneCameBack()
    {
        lock (_gate)
        {
            if (--_setAside > 0 || _wanted == 1)
                return false;

            _wanted = 1;
            return true;
        }
    }

    public void Lost(string tag)
    {
        lock (_gate)
            _tags.Remove(tag);
    }

    /// <summary>Brings their number to what is wanted. One caller at a time.</summary>
    public async Task Adjust(IChannel channel, string queue, ConsumerSession session, CancellationToken stop)
    {
        while (Next(out var tag) is { } add)
        {
            if (add)
                await channel.BasicConsumeAsync(queue, autoAck: false, tag, new WorkspaceConsumer(channel, session, workspace), stop);
            else
                await channel.BasicCancelAsync(tag, noWait: false, stop);
        }
    }

    private bool? Next(out string tag)
    {
        lock (_gate)
        {
            tag = "";
            if (_tags.Count == _wanted)
                return null;

            if (_tags.Count < _wanted)
            {
                tag = $"{workspace} {++_opened}";
                _tags.Add(tag);
                return true;
            }

            tag = _tags[^1];
            _tags.RemoveAt(_tags.Count - 1);
            return false;
        }
    }
}
