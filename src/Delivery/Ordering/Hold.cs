using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Ordering;

/// <summary>One run's hold on its line, and what is over since the line was last told.</summary>
internal sealed partial class Hold(OrderLines lines, string workspace, string line, TimeProvider clock)
{
    private static readonly TimeSpan LetGoWithin = TimeSpan.FromSeconds(2);

    private readonly Guid owner = Guid.NewGuid();
    private readonly long began = clock.GetTimestamp();
    private long renewed;

    public List<string> Over { get; } = [];

    public TimeSpan Lasted => clock.GetElapsedTime(began);

    /// <summary>Whether an attempt that begins now ends within the hold.</summary>
    public bool IsFresh => clock.GetElapsedTime(renewed) < OrderLines.FreshFor;

    /// <returns>The front of the line; empty when there is nothing to do here.</returns>
    public async Task<IReadOnlyList<LineHead>> Take(CancellationToken stop)
    {
        renewed = clock.GetTimestamp();
        return await lines.Take(workspace, line, owner, stop).ConfigureAwait(false);
    }

    /// <returns>The front of the line without what is over; empty when there is nothing more to do here.</returns>
    public async Task<IReadOnlyList<LineHead>> Advance(CancellationToken stop)
    {
        renewed = clock.GetTimestamp();
        var front = await lines.Advance(workspace, line, owner, Over, handOver: false, stop).ConfigureAwait(false);
        Over.Clear();
        return front;
    }

    /// <returns>Nothing: the run ends.</returns>
    public async Task<IReadOnlyList<LineHead>> HandOver(CancellationToken stop) =>
        await lines.Advance(workspace, line, owner, Over, handOver: true, stop).ConfigureAwait(false);

    /// <returns>Nothing: the run ends.</returns>
    public async Task<IReadOnlyList<LineHead>> Release(DateTimeOffset? wakeAt, CancellationToken stop)
    {
        await lines.Release(workspace, line, owner, Over, wakeAt, stop).ConfigureAwait(false);
        return [];
    }

    /// <summary>As far as that is possible now; otherwise the hold ends by itself.</summary>
    public async Task LetGo(ILogger log)
    {
        using var patience = new CancellationTokenSource(LetGoWithin, clock);
        try
        {
            await lines.Release(workspace, line, owner, Over, null, patience.Token).ConfigureAwait(false);
        }
        catch (Exception trouble)
        {
            NotLetGo(log, workspace, line, trouble.Message);
        }
    }

    [LoggerMessage(EventName = "line.not_let_go", Level = LogLevel.Information, Message = "line.not_let_go {tenant_id} {line}: {reason}")]
    private static partial void NotLetGo(ILogger log, string tenant_id, string line, string reason);
}
