using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli;

/// <summary>The options by which commands narrow the feed.</summary>
internal sealed class FeedFilterOptions
{
    private readonly Option<string[]> type = new("--type") { Description = "Only events of this stored name; a * at the end means all that begin so.", HelpName = "TYPE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> stream = new("--stream") { Description = "Only events of streams whose id begins so.", HelpName = "PREFIX" };
    private readonly Option<string?> resource = new("--resource") { Description = "Only what is about it: an id (con_…, rul_…, evt_…), or the resource of published events, NAME or NAME/ID.", HelpName = "ID|NAME|NAME/ID" };

    public Option[] Options => [type, stream, resource];

    /// <summary>The path with what was given.</summary>
    public string On(Call call, string path) => Route.With(path, ("type", Types(call)), ("stream", call.Value(stream)), ("resource", call.Value(resource)));

    /// <summary>The same as a member of a body; null when nothing was given.</summary>
    public JsonObject? Json(Call call)
    {
        var filter = new JsonObject();
        if (call.Value(type) is { Length: > 0 } types) filter["types"] = new JsonArray([.. types.SelectMany(t => t.Split(',')).Select(t => JsonValue.Create(t))]);
        if (call.Value(stream) is { } prefix) filter["stream"] = prefix;
        if (call.Value(resource) is { } about) filter["resource"] = about;
        return filter.Count == 0 ? null : filter;
    }

    public static Option<string?> Include()
    {
        var include = new Option<string?>("--include") { Description = "data: with the payloads of published events, redacted by the workspace's rules. It is recorded.", HelpName = "data" };
        include.AcceptOnlyFromAmong("data");
        return include;
    }

    /// <summary>Whether a place in the feed is a time rather than a position.</summary>
    public static bool IsTime(string place) => place.Length > 4 && place[4] == '-';

    private string? Types(Call call) => call.Value(type) is { Length: > 0 } given ? string.Join(',', given) : null;
}
