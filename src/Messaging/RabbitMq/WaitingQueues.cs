using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Finds the queues that hold messages nobody told this node of: when it connects, and once more when publishers have made the announcements that were due
/// by then. Between these it relies on announcements, so that an idle workspace is not asked after.
/// </summary>
internal sealed class WaitingQueues(Topology topology, DeclaredQueues queues, Consumer consumer, RabbitMqOptions options, TimeProvider time, ILogger log, CancellationToken ended)
{
    // Fewer than are declared at a time: an announced queue must not wait for thousands that are looked at.
    private const int AtOnce = 6;

    private readonly Channel<Func<CancellationToken, Task<IReadOnlyCollection<string>>>> _looks = Channel.CreateUnbounded<Func<CancellationToken, Task<IReadOnlyCollection<string>>>>();

    public void Look(Func<CancellationToken, Task<IReadOnlyCollection<string>>> workspaces) => _looks.Writer.TryWrite(workspaces);

    public async Task Run()
    {
        await foreach (var workspaces in _looks.Reader.ReadAllAsync(ended))
        {
            await LookOnce(workspaces);
            // A message may have been announced before this node listened and come after it looked; its publisher owes an announcement, unless it died.
            await Task.Delay(options.AnnounceEvery * 2, time, ended);
            await LookOnce(workspaces);
        }
    }

    private async Task LookOnce(Func<CancellationToken, Task<IReadOnlyCollection<string>>> workspaces)
    {
        var began = Stopwatch.GetTimestamp();
        var (all, found) = (await workspaces(ended), 0);
        await Parallel.ForEachAsync(all.Where(workspace => !consumer.IsOpen(workspace)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ended }, async (workspace, _) =>
        {
            if (!await queues.MayHold(topology.DispatchQueue(workspace)))
                return;

            Interlocked.Increment(ref found);
            consumer.Open(workspace);
        });
        Log.Looked(log, all.Count, found, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
