using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Keeps one connection in use: opens it, has it used until it ends, waits a little longer each time, opens the next.</summary>
internal sealed class Reconnecting(RabbitMqOptions options, string role, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Runs until <paramref name="stop"/>; <paramref name="use"/> is given each connection and a token that ends with it.</summary>
    public async Task Run(Func<BrokerConnection, CancellationToken, Task> use, CancellationToken stop)
    {
        var wait = FirstWait;
        while (!stop.IsCancellationRequested)
        {
            var opened = time.GetTimestamp();
            var reason = await UseOne(use, stop);
            if (stop.IsCancellationRequested)
                return;

            // The broker can accept a connection and close it a moment later: only one that lasted says that all is well.
            if (time.GetElapsedTime(opened) > LongestWait)
                wait = FirstWait;

            Instruments.Reconnects.Add(1);
            Log.ConnectionEnded(log, role, reason, wait.TotalMilliseconds);
            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task<string> UseOne(Func<BrokerConnection, CancellationToken, Task> use, CancellationToken stop)
    {
        BrokerConnection? connection = null;
        try
        {
            connection = await BrokerConnection.Open(options, role, log, stop);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, connection.Ended);
            try
            {
                await use(connection, either.Token);
            }
            finally
            {
                // What belongs to the connection ends with it, whichever of the two ended first.
                await either.CancelAsync();
            }

            return "";
        }
#pragma warning disable CA1031 // Whatever went wrong, what was put still has to reach the broker: it is logged and tried again.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            return connection is { Reason.Length: > 0 } ? connection.Reason : trouble.Message;
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }
}
