using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Differences;
using EventMesh.EventStore;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Configuration;

/// <summary>What was configured differently between two moments, and by which events.</summary>
public static class ReadConfigurationDiff
{
    /// <param name="From">The position of the moment before.</param>
    /// <param name="To">The position of the moment after.</param>
    public sealed record DiffView(string From, string To, IReadOnlyList<ChangeView> Changes);

    public enum ChangeKind { Added, Removed, Changed }

    /// <param name="Path">Of the document of the configuration, such as <c>rules.rul_….filter.type</c>.</param>
    /// <param name="Before">Null when it was not there.</param>
    /// <param name="After">Null when it is not there any more.</param>
    /// <param name="Events">Those that changed this, in their order.</param>
    public sealed record ChangeView(string Path, ChangeKind Kind, JsonElement? Before, JsonElement? After, IReadOnlyList<EventView> Events);

    public sealed record EventView(string Position, string Stream, long Version, string Type, DateTimeOffset At, string? Actor, string? CorrelationId);

    public static void Map(RouteGroupBuilder configuration) => configuration.MapGet("/diff", Handle).Needs(Permission.ReadHistory)
        .WithQuery("from", JsonSchemaType.String, "A past moment: a time (RFC 3339) or a position.")
        .WithQuery("to", JsonSchemaType.String, "A later one; now without it.")
        .WithName("diffConfiguration").WithSummary("What of the configuration changed between two moments, and by which events").Produces<DiffView>();

    private static async Task<DiffView> Handle(Call call, HttpContext context)
    {
        if (context.Request.Query["from"].ToString().Length == 0) throw Problem.InvalidRequest.At("from", "is required: a time (RFC 3339) or a position");
        var (from, to) = (await Moment.InHistory(call, context, "from"), await Moment.InHistory(call, context, "to"));
        var (before, after) = (from.Past!.UpTo, to.Past!.UpTo);
        if (before > after) throw Problem.InvalidRequest.At("from", "is after `to`");
        var document = await ConfigurationDocument.Read(to.Past, context.RequestAborted);
        return new(before.ToString(), after.ToString(),
            [.. document.Streams.Keys.SelectMany(s => Changes(document, s, before)).OrderBy(c => c.Path, StringComparer.Ordinal)]);
    }

    private static IEnumerable<ChangeView> Changes(ConfigurationDocument document, string stream, Position before)
    {
        var (events, first) = (document.Streams[stream], document.CountUpTo(stream, before));
        if (first == events.Count) yield break;
        // How it looked before each of the events that came in between, and after the last.
        var steps = Enumerable.Range(first, events.Count - first + 1).Select(n => document.Show(stream, n).ToDictionary(s => (s.Part.Name, s.Key), s => s.Json)).ToArray();
        foreach (var (part, key) in steps.SelectMany(s => s.Keys).Distinct().ToArray())
        {
            var looks = steps.Select(s => s.TryGetValue((part, key), out var json) ? (JsonElement?)json : null).ToArray();
            var by = looks.Zip(looks.Skip(1), (was, now) => Between(part, key, was, now).Select(d => d.Path).ToArray()).ToArray();
            foreach (var difference in Between(part, key, looks[0], looks[^1]))
                yield return new(difference.Path, difference.Before is null ? ChangeKind.Added : difference.After is null ? ChangeKind.Removed : ChangeKind.Changed,
                    difference.Before, difference.After, [.. events.Skip(first).Where((_, n) => by[n].Any(p => Touches(p, difference.Path))).Select(View)]);
        }
    }

    /// <summary>Named as in the document: a thing that is new or gone is one difference.</summary>
    private static IReadOnlyList<Difference> Between(string part, string key, JsonElement? before, JsonElement? after) => JsonDifferences.Between(Wrapped(part, key, before), Wrapped(part, key, after));

    private static JsonElement Wrapped(string part, string key, JsonElement? json) => JsonSerializer.SerializeToElement(new Dictionary<string, object?>
    {
        [part] = key.Length == 0 ? json ?? (object)Nothing : json is { } thing ? new Dictionary<string, JsonElement> { [key] = thing } : Nothing,
    });

    private static readonly Dictionary<string, JsonElement> Nothing = [];

    /// <summary>Whether one path lies in the other.</summary>
    private static bool Touches(string one, string other) => one == other || IsBelow(one, other) || IsBelow(other, one);

    private static bool IsBelow(string path, string above) => path.Length > above.Length && path.StartsWith(above, StringComparison.Ordinal) && path[above.Length] is '.' or '[';

    private static EventView View(StoredEvent stored) =>
        new(stored.Position.ToString(), stored.Stream, stored.Version, stored.Type, stored.At, stored.Actor, stored.CorrelationId);
}
