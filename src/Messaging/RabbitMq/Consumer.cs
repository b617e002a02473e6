using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Takes from the queues of the workspaces that are active, on a connection of its own. Which they are outlives the connection:
/// a new one consumes from all of them again, and the broker hands out once more whatever was not acknowledged on the old.
/// </summary>
internal sealed class Consumer : IAsyncDisposable
{
    private readonly RabbitMqOptions _options;
    private readonly Topology _topology;
    private readonly Lazy<Publisher> _publisher;
    private readonly EndedWorkspaces _ended;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Turns<Received> _turns;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _active = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _running;
    private Func<CancellationToken, Task<IReadOnlyCollection<string>>>? _all;
    private ConsumerSession? _session;
    private WaitingQueues? _waiting;

    public Consumer(RabbitMqOptions options, Topology topology, Lazy<Publisher> publisher, EndedWorkspaces ended, Action<string> gone, TimeProvider time, ILogger log)
    {
        _options = options;
        _topology = topology;
        _publisher = publisher;
        _ended = ended;
        Gone = gone;
        _time = time;
        _log = log;
        _turns = new Turns<Received>(options.Prefetch);
        _running = new(() => Task.Run(() => new Reconnecting(options, "consumer", time, log).Run(Consume, _stop.Token)));
    }

    /// <summary>Told of a queue that was found gone.</summary>
    public Action<string> Gone { get; }

    /// <summary>Connects, and looks for what waits in the queues of all workspaces, now and after each time it was cut off.</summary>
    public void Start(Func<CancellationToken, Task<IReadOnlyCollection<string>>> all)
    {
        lock (_gate)
        {
            _all = all;
            _waiting?.Look(all);
        }

        Start();
    }

    public void Start() => _ = _running.Value;

    /// <summary>This workspace has something to take, or will have in a moment. Nothing to a node that does not take.</summary>
    public void Open(string workspace)
    {
        if (!_running.IsValueCreated || _ended.Contains(workspace))
            return;

        lock (_gate)
        {
            if (_active.Add(workspace))
                _session?.Open(workspace);
            else
                _session?.Heard(workspace);
        }
    }

    /// <summary>Open it whatever is thought of it: what it was consumed by is gone, or could not be had.</summary>
    public void Reopen(string workspace)
    {
        if (_ended.Contains(workspace))
            return;

        lock (_gate)
        {
            _active.Add(workspace);
            _session?.Open(workspace);
        }
    }

    /// <summary>The workspace has ended: what came of it and nobody took is forgotten. Its consumers end with its queue.</summary>
    public void Close(string workspace)
    {
        lock (_gate)
            _active.Remove(workspace);

        _turns.Drop(workspace);
    }

    /// <summary>Whether anything of it is taken: not once it has ended.</summary>
    public bool Wants(string workspace) => !_ended.Contains(workspace);

    public bool IsOpen(string workspace)
    {
        lock (_gate)
            return _active.Contains(workspace);
    }

    /// <returns>True when the workspace is quiet and no longer counts as active. Whoever opens it after that finds it closed.</returns>
    public bool Retire(WorkspaceConsumers consumers)
    {
        lock (_gate)
        {
            if (!consumers.TryRetire(_options.ListenFor))
                return false;

            _active.Remove(consumers.Workspace);
            return true;
        }
    }

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
        var session = new ConsumerSession(_options, _topology, queues, _turns, _publisher, this, _time, _log, ended);
        var waiting = new WaitingQueues(_topology, queues, this, _options, _time, _log, ended);
        try
        {
            await session.Start(connection);
            Log.Connected(_log, "consumer", connection.BrokerVersion);
            Use(session, waiting);
            // The first that fails ends both: a node that did not look must not go on as if it had.
            await await Task.WhenAny(session.Run(), waiting.Run());
        }
        finally
        {
            Use(null, null);
            session.End();
        }
    }

    private void Use(ConsumerSession? session, WaitingQueues? waiting)
    {
        lock (_gate)
        {
            (_session, _waiting) = (session, waiting);
            if (session is null)
                return;

            foreach (var workspace in _active)
                session.Open(workspace);
            if (_all is not null)
                waiting!.Look(_all);
        }
    }
}
