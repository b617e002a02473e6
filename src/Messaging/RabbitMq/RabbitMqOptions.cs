namespace EventMesh.Messaging.RabbitMq;

/// <summary>How to reach and use the broker.</summary>
/// <param name="Uri"><c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c>.</param>
public sealed record RabbitMqOptions(Uri Uri)
{
    /// <summary>Dispatches of one workspace that may be in this node's workers' hands at once.</summary>
    public ushort Prefetch { get; init; } = InProcessQueues.PrefetchDefault;

    /// <summary>Of queues that do not exist yet; one that does is used as it is.</summary>
    public QueueType QueueType { get; init; } = QueueType.Classic;

    /// <summary>First part of every name on the broker, so that several installations can share one virtual host.</summary>
    public string Prefix { get; init; } = "eventmesh";

    /// <summary>How long a node goes on listening to a workspace's queue after the last message or announcement.</summary>
    public TimeSpan ListenFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A workspace that stays active is announced to other nodes this often by each publisher. To be some times shorter than <see cref="ListenFor"/>.</summary>
    public TimeSpan AnnounceEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages published and not yet confirmed.</summary>
    public int UnconfirmedMax { get; init; } = 1000;
}

/// <summary>Quorum is for a cluster: it keeps a queue on several nodes, at half the throughput.</summary>
public enum QueueType { Classic, Quorum }
