using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Projections.Past;

/// <summary>
/// How a workspace was configured when its history ended at a position: its configuration events up to there, folded as the ones of today are. Nothing is kept of it;
/// two that ask for the same position get the same.
/// </summary>
/// <param name="UpTo">The last event that counts.</param>
public sealed record PastConfiguration(WorkspaceStore Store, EventTypes Types, Position UpTo)
{
    /// <summary>A stream as it was; version 0 when it had not begun.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<StoredStream> Stream(string id, CancellationToken stop = default)
    {
        var now = await Store.ReadStream(id, stop).ConfigureAwait(false);
        StoredEvent[] then = [.. now.Events.TakeWhile(e => e.Position <= UpTo)];
        return new(id, then.Length, then);
    }

    /// <summary>The streams of one kind of thing as they were, by id.</summary>
    /// <param name="types">Stored names of the kind's events, all of them in <see cref="ConfigurationEvents.Types"/>.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<IReadOnlyList<StoredStream>> Streams(string prefix, IReadOnlyList<string> types, CancellationToken stop = default)
    {
        var streams = new SortedDictionary<string, List<StoredEvent>>(StringComparer.Ordinal);
        await foreach (var stored in Store.ReadUpTo(Position.Start, UpTo, types, stop).ConfigureAwait(false))
        {
            if (!stored.Stream.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (!streams.TryGetValue(stored.Stream, out var events)) streams.Add(stored.Stream, events = []);
            events.Add(stored);
        }
        return [.. streams.Select(s => new StoredStream(s.Key, s.Value[^1].Version, s.Value))];
    }

    /// <summary>As the index of a node held it.</summary>
    /// <param name="types">Those that matter to whoever asks; what the others would have changed stays empty.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<ConfiguredWorkspace> Workspace(Plans plans, IReadOnlyList<string> types, CancellationToken stop = default)
    {
        var workspace = ConfiguredWorkspace.Empty(Store.Workspace);
        await foreach (var stored in Store.ReadUpTo(Position.Start, UpTo, types, stop).ConfigureAwait(false))
            // One that cannot be read is passed over here as it is by the index.
            if (Types.TryRead(stored, out _) is { } happened) workspace = workspace.Apply(stored.Stream, stored.Version, happened, plans);
        return workspace;
    }
}
