using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Takes from the queues of the workspaces it knows, on a connection of its own. The workspaces outlive the connection:
/// a new one consumes from all of them again, and the broker hands out once more whatever was not acknowledged on the old.
/// </summary>
internal sealed class Consumer : IAsyncDisposable
{
    private readonly RabbitMqOptions _options;
    private readonly Topology _topology;
    private readonly Lazy<Publisher> _publisher;
    private readonly Action<string> _gone;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Turns<Received> _turns;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _workspaces = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _running;
    private ConsumerSession? _session;

    public Consumer(RabbitMqOptions options, Topology topology, Lazy<Publisher> publisher, Action<string> gone, TimeProvider time, ILogger log)
    {
        _options = options;
        _topology = topology;
        _publisher = publisher;
        _gone = gone;
        _time = time;
        _log = log;
        _turns = new Turns<Received>(options.Prefetch);
        _running = new(() => Task.Run(() => new Reconnecting(options, "consumer", time, log).Run(Consume, _stop.Token)));
    }

    /// <summary>Notes a workspace. Consuming begins with <see cref="Start"/>.</summary>
    public void Open(string workspace)
    {
        lock (_gate)
        {
            if (_workspaces.Add(workspace))
                _session?.Open(workspace);
        }
    }

    public void Start() => _ = _running.Value;

    public async ValueTask<IReadOnlyList<Received>> Take(int max, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _stop.Token);
        return await _turns.Take(max, either.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running.IsValueCreated)
            await _running.Value;
    }

    private async Task Consume(BrokerConnection connection, CancellationToken ended)
    {
        var queues = new DeclaredQueues(_topology, connection, _log, ended);
        var session = new ConsumerSession(_options, _topology, queues, _turns, _publisher, _gone, _time, _log, ended);
        try
        {
            await session.Start(connection, Open);
            Log.Connected(_log, "consumer", connection.BrokerVersion);
            Use(session);
            await session.Run();
        }
        finally
        {
            Use(null);
            session.End();
        }
    }

    private void Use(ConsumerSession? session)
    {
        lock (_gate)
        {
            _session = session;
            if (session is null)
                return;

            foreach (var workspace in _workspaces)
                session.Open(workspace);
        }
    }
}
