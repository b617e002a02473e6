using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Counts what waits in the queues of a workspace that is being purged, and deletes them. On connections of its own: it is rare.</summary>
internal sealed class PurgedQueues(RabbitMqOptions options, Topology topology, ILogger log)
{
    public async Task<long> Count(string workspace, CancellationToken stop)
    {
        await using var connection = await BrokerConnection.Open(options, "purge", log, stop);
        var waiting = 0L;
        foreach (var queue in Queues(workspace))
        {
            try
            {
                // Each on its own channel: the broker closes the one on which it was asked for what it does not have.
                await using var channel = await connection.OpenChannel(stop);
                waiting += await channel.MessageCountAsync(queue, stop);
            }
            catch (OperationInterruptedException none) when (none.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                // It was never made, or is deleted already.
            }
        }
        return waiting;
    }

    public async Task Delete(string workspace, CancellationToken stop)
    {
        await using var connection = await BrokerConnection.Open(options, "purge", log, stop);
        await using var channel = await connection.OpenChannel(stop);
        // The broker says yes to deleting what it does not have.
        foreach (var queue in Queues(workspace)) await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: stop);
    }

    private string[] Queues(string workspace) => [topology.DispatchQueue(workspace), topology.DeadQueue(workspace)];
}
