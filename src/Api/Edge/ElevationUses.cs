using System.Collections.Concurrent;
using System.Text.Json;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Edge;

/// <summary>
/// Tells in a workspace's own history what an elevation in it is used for, looking included: before it is done, and once an hour for one permission, whichever node is asked.
/// </summary>
public sealed class ElevationUses(Store store)
{
    private const int ToldMax = 10_000;

    private readonly ConcurrentDictionary<(string Workspace, string Stream), bool> told = new();

    /// <exception cref="StoreUnavailable">It cannot be told, and is not done.</exception>
    public async ValueTask Tell(Call call, string elevation, Permission permission, CancellationToken stop)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{permission}");
        var stream = HistoryReading.StreamOf(elevation, name, call.Now);
        if (told.ContainsKey((call.Workspace.Id, stream))) return;
        var history = store.For(call.Workspace.Id);
        // The second one, here or elsewhere, meets the stream of the first.
        await history.AppendTogether([history.Prepare(stream, HistoryReading.StreamType, 0, [new HistoryReadingEvent.ElevationUsed(elevation, name, call.Now)], call.Metadata(elevation))], stop).ConfigureAwait(false);
        if (told.Count >= ToldMax) told.Clear();
        told[(call.Workspace.Id, stream)] = true;
    }
}
