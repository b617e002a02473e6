using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Declares queues when they are first needed and remembers them for the life of a connection. Several at a time, because the broker
/// takes milliseconds for each; on channels of their own, because a declaration the broker refuses closes the channel it came by.
/// </summary>
internal sealed class DeclaredQueues(Topology topology, BrokerConnection connection, ILogger log, CancellationToken ended)
{
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, Lazy<Task>> _declared = new();
    private readonly ConcurrentBag<IChannel> _idle = [];
    private readonly SemaphoreSlim _lanes = new(AtOnce);

    public bool Knows(string queue) => _declared.TryGetValue(queue, out var declared) && declared.Value.IsCompletedSuccessfully;

    public bool Began(string queue) => _declared.ContainsKey(queue);

    public void Forget(string queue) => _declared.TryRemove(queue, out _);

    /// <summary>Begins to declare it, unless that was begun before, and completes when it is there.</summary>
    /// <exception cref="OperationInterruptedException">The broker refused. The next call asks again.</exception>
    public Task Declare(string queue) => _declared.GetOrAdd(queue, name => new Lazy<Task>(() => DeclareNew(name))).Value;

    /// <summary>Whether messages wait in it. Yes, too, where the broker does not say: whoever opens it then tries until it does.</summary>
    public async Task<bool> MayHold(string queue)
    {
        await _lanes.WaitAsync(ended);
        try
        {
            uint messages = 0;
            await OnChannel(async channel => messages = await channel.MessageCountAsync(queue, ended));
            return messages > 0;
        }
        catch (OperationInterruptedException refused) when (!ended.IsCancellationRequested)
        {
            // A queue whose node is down is not found either, but in other words.
            var missing = refused.ShutdownReason?.ReplyText.StartsWith("NOT_FOUND - no queue", StringComparison.Ordinal) == true;
            if (!missing)
                Log.QueueUnknown(log, queue, refused.Message);

            return !missing;
        }
        finally
        {
            _lanes.Release();
        }
    }

    private async Task DeclareNew(string queue)
    {
        await _lanes.WaitAsync(ended);
        try
        {
            // A blocked connection is not read by the broker: the declaration would run into its timeout and take the connection with it.
            await connection.Unblocked(ended);
            await DeclareOrFind(queue);
        }
        catch
        {
            Forget(queue);
            throw;
        }
        finally
        {
            _lanes.Release();
        }
    }

    private async Task DeclareOrFind(string queue)
    {
        try
        {
            await OnChannel(channel => topology.DeclareQueue(channel, queue, connection.BrokerVersion, ended));
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            // It may exist with other arguments, from another setting or an operator's hand: that is no reason to stop.
            await OnChannel(channel => channel.QueueDeclarePassiveAsync(queue, ended));
            Log.QueueDiffers(log, queue, refused.ShutdownReason.ReplyText);
        }
    }

    private async Task OnChannel(Func<IChannel, Task> use)
    {
        if (!_idle.TryTake(out var channel))
            channel = await connection.OpenChannel(ended);

        try
        {
            await use(channel);
        }
        catch
        {
            // A refusal has closed it.
            await channel.DisposeAsync();
            throw;
        }

        _idle.Add(channel);
    }
}
