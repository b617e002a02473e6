using EventMesh.EventStore.Appending;
using Npgsql;

namespace EventMesh.EventStore.Reading;

public static class ReadStreamVerb
{
    /// <summary>How many events of one stream may be folded at once.</summary>
    public const int EventsMax = 10_000;

    internal const string Sql = $"select {Rows.Columns} from public.mt_events e where e.stream_id = $1 and e.version > $2 order by e.version limit $3";

    /// <summary>A whole stream; version 0 and no events when there is none.</summary>
    /// <exception cref="StreamTooLong">It has more than <see cref="EventsMax"/> events.</exception>
    public static async Task<StoredStream> ReadStream(this WorkspaceStore store, string stream, CancellationToken stop = default)
    {
        var events = await store.ReadStreamPage(stream, 0, EventsMax + 1, stop).ConfigureAwait(false);
        if (events.Count > EventsMax) throw new StreamTooLong(stream, EventsMax);
        return new(stream, events.Count == 0 ? 0 : events[^1].Version, events);
    }

    /// <summary>The events of a stream after <paramref name="afterVersion"/>, at most <paramref name="limit"/>.</summary>
    public static async Task<List<StoredEvent>> ReadStreamPage(this WorkspaceStore store, string stream, long afterVersion, int limit, CancellationToken stop = default)
    {
        if (!Acceptable.IsText(stream)) return [];
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, Command(stream, afterVersion, limit));
        return await session.Read(reader => All(reader, stop), stop).ConfigureAwait(false);
    }

    internal static NpgsqlBatchCommand Command(string stream, long afterVersion, int limit) =>
        new(Sql) { Parameters = { new() { Value = stream }, new() { Value = afterVersion }, new() { Value = limit } } };

    internal static async Task<List<StoredEvent>> All(NpgsqlDataReader reader, CancellationToken stop)
    {
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) events.Add(Rows.Read(reader));
        return events;
    }
}
