using System.Text.Json;
using EventMesh.Api.Features.Audit.Sentences;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Audit;

namespace EventMesh.Api.Features.Audit;

/// <summary>Makes entries of what was found: the events themselves, and the streams that say what things are called and what they were before.</summary>
public sealed class AuditEntries(Store store)
{
    /// <summary>Streams of one round trip: few enough that what they hold together is bounded.</summary>
    private const int StreamsTogether = 25;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<List<AuditEntry>> Of(WorkspaceStore workspace, IReadOnlyList<AuditRow> rows, CancellationToken stop)
    {
        var outcomes = rows.ToDictionary(r => r.Sequence, r => r.Outcome);
        var events = await workspace.ReadSequences([.. rows.Select(r => r.Sequence)], stop).ConfigureAwait(false);
        var told = events.ConvertAll(e => (Stored: e, Data: JsonElement.Parse(e.Data.Span)));
        var streams = await Streams(workspace, told, stop).ConfigureAwait(false);
        return told.ConvertAll(t => Entry(t.Stored, t.Data, outcomes[t.Stored.Position.Sequence], streams));
    }

    private AuditEntry Entry(StoredEvent stored, JsonElement data, string outcome, Dictionary<string, StoredStream> streams)
    {
        var id = AuditNames.ActorOf(stored, data);
        var actor = new AuditActor(id, AuditNames.KindOfActor(id), NameOf(id));
        var resource = AuditNames.ResourceOf(stored, data) is var (named, kind) ? new AuditResource(named, kind, NameOf(named) ?? NameOf(stored.Stream)) : null;
        var changes = AuditChanges.Has(stored.Type) && streams.TryGetValue(stored.Stream, out var stream) ? AuditChanges.Of(store.Types, stored, stream.Events) : null;
        return new(
            stored.At, actor, stored.Type, resource, outcome, stored.From, stored.CorrelationId, stored.CausationId, stored.Elevation ?? ElevationOf(stored, data), stored.Position.ToString(),
            stored.Stream, stored.Version, Sentence.Of(SentenceTable.Of(stored.Type), Called(actor), stored.Stream, data), AuditData.Shown(stored.Type, data), changes);

        string? NameOf(string? of) => of is not null && AuditNames.HasName(of) && streams.TryGetValue(of, out var told) ? AuditNames.NameIn(told.Events) : null;
    }

    private static async Task<Dictionary<string, StoredStream>> Streams(WorkspaceStore workspace, List<(StoredEvent Stored, JsonElement Data)> told, CancellationToken stop)
    {
        var wanted = told.Select(t => AuditNames.ActorOf(t.Stored, t.Data))
            .Concat(told.Select(t => AuditNames.ResourceOf(t.Stored, t.Data)?.Id)).OfType<string>().Where(AuditNames.HasName)
            .Concat(told.Where(t => AuditChanges.Has(t.Stored.Type)).Select(t => t.Stored.Stream)).Distinct(StringComparer.Ordinal);
        var streams = new Dictionary<string, StoredStream>(StringComparer.Ordinal);
        foreach (var some in wanted.Chunk(StreamsTogether))
            foreach (var stream in await workspace.ReadStreams(some, stop).ConfigureAwait(false)) streams[stream.Id] = stream;
        return streams;
    }

    private static string Called(AuditActor actor) => actor switch
    {
        { Kind: "platform" } => "EventMesh",
        { Id: null or "unknown" } => "Somebody unknown",
        { Id: "several" } => "Several",
        { Name: { } name } => $"{name} ({actor.Id})",
        _ => actor.Id,
    };

    private static string? ElevationOf(StoredEvent stored, JsonElement data) =>
        stored.Type == "access_refused" && data.TryGetProperty("elevation", out var elevation) && elevation.ValueKind == JsonValueKind.String ? elevation.GetString() : null;
}
