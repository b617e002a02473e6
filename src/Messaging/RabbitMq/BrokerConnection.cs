using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// One connection, from its opening to its end, of whatever kind. Nothing of it is recovered in place: the client's automatic
/// recovery would declare thousands of queues again unasked, republishes nothing that was unconfirmed, and leaves a channel closed by the broker as it is.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly CancellationTokenSource _ended = new();
    private readonly ILogger _log;
    private readonly string _role;
    private volatile TaskCompletionSource _unblocked = Completed();

    private BrokerConnection(IConnection connection, string role, ILogger log)
    {
        _connection = connection;
        _role = role;
        _log = log;
        BrokerVersion = ReadVersion(connection.ServerProperties);
        Ended = _ended.Token;
        connection.ConnectionShutdownAsync += (_, reason) => End(reason);
        connection.ConnectionBlockedAsync += (_, blocked) => Block(blocked.Reason);
        connection.ConnectionUnblockedAsync += (_, _) => Unblock();
        if (connection.CloseReason is { } early)
            _ = End(early);
    }

    public Version BrokerVersion { get; }

    /// <summary>Signalled when the connection, or a channel it cannot do without, has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why it ended.</summary>
    public string Reason { get; private set; } = "";

    public static async Task<BrokerConnection> Open(RabbitMqOptions options, string role, ILogger log, CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            Uri = options.Uri,
            ClientProvidedName = $"{options.Prefix} {role}",
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
        };
        // The client takes seconds to give up a handshake that is cancelled; one that is no longer wanted is closed once it is done.
        var opening = factory.CreateConnectionAsync(CancellationToken.None);
        try
        {
            return new BrokerConnection(await opening.WaitAsync(stop), role, log);
        }
        catch (OperationCanceledException)
        {
            _ = Discard(opening);
            throw;
        }
    }

    /// <summary>A channel whose end leaves the connection as it is.</summary>
    public Task<IChannel> OpenChannel(CancellationToken stop) => _connection.CreateChannelAsync(cancellationToken: stop);

    /// <summary>A channel the connection cannot do without.</summary>
    public async Task<IChannel> OpenVitalChannel(CreateChannelOptions? options, CancellationToken stop)
    {
        var channel = await _connection.CreateChannelAsync(options, stop);
        channel.ChannelShutdownAsync += (_, reason) => End(reason);
        return channel;
    }

    /// <summary>Completes when the broker reads what is published.</summary>
    public Task Unblocked(CancellationToken stop) => _unblocked.Task.WaitAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        // Whatever closing says, nobody uses this connection any more.
        await Close(_connection).WaitAsync(CloseTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task Discard(Task<IConnection> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
            await Close(await opening);
    }

    private static async Task Close(IConnection connection)
    {
        await connection.CloseAsync(Constants.ReplySuccess, "done", CloseTimeout, abort: true, CancellationToken.None);
        await connection.DisposeAsync();
    }

    private Task End(ShutdownEventArgs reason)
    {
        if (Reason.Length == 0)
            Reason = $"{reason.ReplyCode} {reason.ReplyText}";

        return _ended.CancelAsync();
    }

    private Task Block(string reason)
    {
        Instruments.Blocked.Add(1);
        Log.Blocked(_log, _role, reason);
        if (_unblocked.Task.IsCompleted)
            _unblocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        return Task.CompletedTask;
    }

    private Task Unblock()
    {
        Log.Unblocked(_log, _role);
        _unblocked.TrySetResult();
        return Task.CompletedTask;
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private static Version ReadVersion(IDictionary<string, object?>? properties) =>
        properties?.TryGetValue("version", out var value) == true && value is byte[] text
        && Version.TryParse(Encoding.ASCII.GetString(text).Split('-', '+')[0], out var version)
            ? version
            : new Version(0, 0);
}
