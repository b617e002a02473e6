using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Messages of workspaces whose queue the broker refuses to declare (a limit, a permission, a node that is down): set apart, in order,
/// and tried again after a while, so that they hold up no other workspace.
/// </summary>
internal sealed class RefusedQueues(Outbox outbox, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Outgoing>> _apart = [];

    /// <returns>True when the message's workspace is set apart, and now the message, too.</returns>
    public bool Take(Outgoing message)
    {
        lock (_gate)
        {
            if (!_apart.TryGetValue(message.Workspace, out var messages))
                return false;

            messages.Add(message);
            return true;
        }
    }

    public void Begin(Outgoing first, string reason, CancellationToken ended)
    {
        Log.QueueRefused(log, first.Workspace, reason, Wait.TotalMilliseconds);
        lock (_gate)
            _apart.Add(first.Workspace, [first]);
        _ = TryAgain(first.Workspace, ended);
    }

    private async Task TryAgain(string workspace, CancellationToken ended)
    {
        await Task.Delay(Wait, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _apart.Remove(workspace, out var messages);
            outbox.PutAgain(messages!);
        }
    }
}
