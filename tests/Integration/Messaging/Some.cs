using System.Globalization;
using EventMesh.Messaging;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>Dispatches to put, numbered by their position, and ways to take many.</summary>
internal static class Some
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static Dispatch[] Dispatches(string workspace, int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(n => new Dispatch(
            workspace, $"dlv_{workspace}_{n}", $"evt_{n}", Noon.AddMilliseconds(n), "con_1", "rul_1", 1, n.ToString(CultureInfo.InvariantCulture), null))];

    public static int Number(this Dispatch dispatch) => int.Parse(dispatch.Position, CultureInfo.InvariantCulture);

    /// <summary>Opens them on a node that knows these workspaces and no other.</summary>
    public static Task Open(this IDispatchQueues queues, IReadOnlyCollection<string> workspaces, CancellationToken stop) =>
        queues.Open(_ => Task.FromResult(workspaces), stop);

    public static async Task<List<Dispatch>> TakeAndAck(this IDispatchQueues queues, int count, CancellationToken stop) =>
        [.. (await queues.TakeUnsettled(count, stop, received => received.Ack())).Select(received => received.Dispatch)];

    /// <summary>Takes exactly <paramref name="count"/> and does <paramref name="then"/> with each as it comes.</summary>
    public static async Task<List<Received>> TakeUnsettled(
        this IDispatchQueues queues, int count, CancellationToken stop, Func<Received, ValueTask>? then = null)
    {
        var all = new List<Received>(count);
        while (all.Count < count)
        {
            foreach (var received in await queues.Take(count - all.Count, stop))
            {
                all.Add(received);
                if (then is not null)
                    await then(received);
            }
        }

        return all;
    }
}
