using EventMesh.Api.Features.Deliveries;
using EventMesh.Delivery.Ordering;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Ordering;

/// <summary>
/// What a line waits for. A run takes what is over out of its line some at a time, while it goes on with the next: until then the one that stands first
/// is not the one that is waited for, and deciding about it would skip nothing, or send again what has been delivered.
/// </summary>
internal sealed record FirstInLine(WaitingLine Line, DeliveryState State, IReadOnlyList<DeliveryEvent> Happened)
{
    /// <summary>In the order of <paramref name="lines"/>, without those in which all are over.</summary>
    public static async Task<IReadOnlyList<FirstInLine>> Of(Store store, WorkspaceStore workspace, IReadOnlyList<WaitingLine> lines, CancellationToken stop)
    {
        var heads = await Read(store, workspace, lines, stop);
        if (!heads.Any(h => h.IsOver)) return heads;
        var fronts = await LinesQuery.Fronts(workspace, [.. heads.Where(h => h.IsOver).Select(h => h.Line.Line)], stop);
        var next = (await Read(store, workspace, fronts, stop)).Where(f => !f.IsOver).DistinctBy(f => f.Line.Line).ToDictionary(f => f.Line.Line, StringComparer.Ordinal);
        return [.. heads.Select(h => h.IsOver ? next.GetValueOrDefault(h.Line.Line) : h).OfType<FirstInLine>()];
    }

    // The last: it was over, left its line, and somebody had it sent again outside of it.
    private bool IsOver => State is DeliveryState.Delivered or DeliveryState.Discarded || Happened is [.., { Of.Line: null }];

    private static async Task<FirstInLine[]> Read(Store store, WorkspaceStore workspace, IReadOnlyList<WaitingLine> lines, CancellationToken stop)
    {
        var states = await DeliveryStates.Of(store, workspace, [.. lines.Select(l => l.Delivery)], stop);
        return [.. lines.Zip(states, (line, at) => new FirstInLine(line, at.State, at.Happened))];
    }
}
