using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Past;

namespace EventMesh.Api.Features.Configuration;

/// <summary>
/// The whole configuration of a workspace at a position, as one JSON document: a member for each kind of thing, below it the things by id or name, all members sorted.
/// A function of the history alone: the same position gives the same bytes, and so do two positions between which nothing was configured.
/// </summary>
internal sealed class ConfigurationDocument
{
    private readonly EventTypes types;
    private readonly SortedDictionary<string, List<StoredEvent>> streams = new(StringComparer.Ordinal);

    private ConfigurationDocument(EventTypes types) => this.types = types;

    /// <summary>The events of each stream, in their order.</summary>
    public IReadOnlyDictionary<string, List<StoredEvent>> Streams => streams;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<ConfigurationDocument> Read(PastConfiguration past, CancellationToken stop)
    {
        var document = new ConfigurationDocument(past.Types);
        await foreach (var stored in past.Store.ReadUpTo(Position.Start, past.UpTo, ConfigurationParts.Types, stop).ConfigureAwait(false))
        {
            if (!document.streams.TryGetValue(stored.Stream, out var events)) document.streams.Add(stored.Stream, events = []);
            events.Add(stored);
        }
        return document;
    }

    /// <summary>What a stream is shown as after its first events; none where it is not there.</summary>
    public IEnumerable<(ConfigurationPart Part, string Key, JsonElement Json)> Show(string stream, int events)
    {
        if (events == 0) yield break;
        var all = streams[stream];
        foreach (var part in ConfigurationParts.All)
        {
            if (!part.Types.Contains(all[0].Type)) continue;
            if (part.Show(stream, [.. all.Take(events).Select(types.Read)]) is var (key, json)) yield return (part, key, json);
        }
    }

    /// <summary>How many of a stream's events lie at a position or before.</summary>
    public int CountUpTo(string stream, Position position) => streams.TryGetValue(stream, out var events) ? events.Count(e => e.Position <= position) : 0;

    public void Write(Utf8JsonWriter json)
    {
        var shown = streams.SelectMany(s => Show(s.Key, s.Value.Count)).ToLookup(s => s.Part);
        json.WriteStartObject();
        foreach (var part in ConfigurationParts.All.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            json.WritePropertyName(part.Name);
            var things = shown[part].OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
            if (things is [{ Key: "" } itself])
            {
                itself.Json.WriteTo(json);
                continue;
            }
            json.WriteStartObject();
            foreach (var (_, key, thing) in things)
            {
                json.WritePropertyName(key);
                thing.WriteTo(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
