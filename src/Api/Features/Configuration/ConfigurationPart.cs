using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Api.Edge;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Configuration;

/// <summary>One kind of thing in the document of a workspace's configuration: how its streams are folded and shown. What is shown says nothing that depends on the hour.</summary>
/// <param name="Name">The member of the document.</param>
/// <param name="Types">Stored names of its events.</param>
/// <param name="Show">What a stream's events amount to: its key below the part's name (empty: it is the part itself) and its JSON; null when it is not there.</param>
internal sealed record ConfigurationPart(string Name, IReadOnlyList<string> Types, Func<string, IReadOnlyList<object>, (string Key, JsonElement Json)?> Show)
{
    /// <param name="show">The view, as its route answers it; null when the thing is not there.</param>
    /// <param name="without">Members of the view that are no configuration: its key, its version, what is known of today alone.</param>
    public static ConfigurationPart Of<TState, TEvent>(
        string name, TState initial, Func<TState, TEvent, TState> evolve, Func<string, TState, (string Key, object View)?> show, params string[] without) where TEvent : class =>
        new(name, [.. EventTypes.Of(typeof(TEvent)).Aliases], (stream, events) =>
            show(stream, events.Cast<TEvent>().Aggregate(initial, evolve)) is var (key, view) ? (key, Canonical(view, without)) : null);

    private static JsonElement Canonical(object view, string[] without)
    {
        var json = JsonSerializer.SerializeToNode(view, EdgeJson.Options)!.AsObject();
        foreach (var member in without) json.Remove(member);
        return JsonSerializer.SerializeToElement(Sorted(json), EdgeJson.Options);
    }

    /// <summary>Members in the order of their names' UTF-16 code units, as in RFC 8785 §3.2.3; lists as they are.</summary>
    private static JsonNode? Sorted(JsonNode? json) => json switch
    {
        JsonObject members => new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => json?.DeepClone(),
    };
}
