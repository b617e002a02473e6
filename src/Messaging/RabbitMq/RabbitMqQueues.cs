using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// The transport for several nodes: a durable queue for each workspace on a broker. Connects for publishing at the first
/// Put and for taking at the first Open or Take, so a node holds only the connections its roles need.
/// </summary>
public sealed class RabbitMqQueues : IDispatchQueues
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lazy<Publisher> _publisher;
    private readonly Consumer _consumer;
    private readonly Channel<string> _lost = Channel.CreateUnbounded<string>();
    private readonly EndedWorkspaces _ended = new();
    private readonly PurgedQueues _purged;

    public RabbitMqQueues(RabbitMqOptions options, TimeProvider time, ILogger<RabbitMqQueues> log)
    {
        var topology = new Topology(options);
        _publisher = new(() => new Publisher(options, topology, _ended, Gone, time, log));
        _consumer = new Consumer(options, topology, _publisher, _ended, Gone, time, log);
        _purged = new(options, topology, log);

        void Gone(string workspace)
        {
            if (!_ended.Contains(workspace))
                _lost.Writer.TryWrite(workspace);
        }
    }

    public ChannelReader<string> Lost => _lost.Reader;

    public async Task Put(IReadOnlyList<Dispatch> dispatches, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        _disposed.Token.ThrowIfCancellationRequested();
        dispatches = _ended.Without(dispatches);
        if (dispatches.Count == 0)
            return;

        Instruments.Puts.Add(dispatches.Count, Instruments.RabbitMq);
        // A node that takes as well must not depend on its own announcement: it may be made before the node listens.
        foreach (var dispatch in dispatches)
            _consumer.Open(dispatch.Workspace);

        await _publisher.Value.Put(dispatches, stop);
    }

    public Task Open(Func<CancellationToken, Task<IReadOnlyCollection<string>>> workspaces, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        _disposed.Token.ThrowIfCancellationRequested();
        _consumer.Start(workspaces);
        return Task.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<Received>> Take(int max, CancellationToken stop)
    {
        _disposed.Token.ThrowIfCancellationRequested();
        _consumer.Start();
        var taken = await _consumer.Take(max, stop);
        Instruments.Takes.Add(taken.Count, Instruments.RabbitMq);
        return taken;
    }

    public void End(string workspace)
    {
        if (_ended.Add(workspace))
            _consumer.Close(workspace);
    }

    public Task<long> CountWaiting(string workspace, CancellationToken stop) => _purged.Count(workspace, stop);

    public Task Delete(string workspace, CancellationToken stop) => _purged.Delete(workspace, stop);

    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
            return;

        await _disposed.CancelAsync();
        await _consumer.DisposeAsync();
        if (_publisher.IsValueCreated)
            await _publisher.Value.DisposeAsync();
    }
}
