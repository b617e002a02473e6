using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace EventMesh.Cli.Commands;

internal static class Tail
{
    public static Command In(Shell shell)
    {
        var since = new Option<string>("--since") { Description = "Where to begin: beginning, now, a time, or a position of the feed.", HelpName = "beginning|now|TIME|POSITION", DefaultValueFactory = _ => "now" };
        var count = new Option<int?>("--count") { Description = "End after so many events.", HelpName = "N" };
        var filter = new FeedFilterOptions();
        return shell.Verb("tail", "Follow a workspace's history as it is written. Goes on by itself after a lost connection; Ctrl-C ends it.",
            ["eventmesh tail -w acme", "eventmesh tail -w acme --since beginning --json | jq .type", "eventmesh tail -w acme --type 'delivery_*' --resource con_…"],
            [shell.Workspace, since, count, .. filter.Options], async call =>
            {
                try
                {
                    await Follow(call, filter.On(call, call.InWorkspace($"feed")), call.Given(since), call.Value(count));
                }
                catch (OperationCanceledException) when (call.Cancel.IsCancellationRequested)
                {
                    // Ctrl-C is how this command ends.
                }
            });
    }

    private static async Task Follow(Call call, string path, string since, int? count)
    {
        var feed = new Feed(call.Client, path, call.Output.Note);
        var (after, from) = since switch
        {
            "beginning" => (null, null),
            "now" => await Now(call),
            _ when FeedFilterOptions.IsTime(since) => (null, null),
            _ => (since, (DateTimeOffset?)null),
        };
        var shown = 0;
        await foreach (var stored in feed.Follow(after, FeedFilterOptions.IsTime(since) ? since : null, call.Cancel))
        {
            if (from is not null && Readable.Find(stored, "at") is { ValueKind: JsonValueKind.String } at && at.GetDateTimeOffset() < from)
                continue;
            Show(call.Output, stored);
            if (++shown == count)
                return;
        }
    }

    /// <summary>
    /// The feed knows positions, not moments. The position of the newest published event is near enough to begin at,
    /// and what is older than the server's clock now is passed over.
    /// </summary>
    private static async Task<(string? After, DateTimeOffset? From)> Now(Call call)
    {
        var newest = await call.Client.Get(Route.With(call.InWorkspace($"events"), ("limit", "1")), call.Cancel);
        var position = newest.Each("items").Select(item => Readable.At(item, "position")).FirstOrDefault();
        return (string.IsNullOrEmpty(position) ? null : position, newest.At);
    }

    private static void Show(Output output, JsonElement stored)
    {
        if (output.Json)
        {
            output.Line(stored.GetRawText());
            return;
        }

        var head = ($"{Readable.At(stored, "at").Split(' ')[^1]}  ", Color.Grey);
        var type = ($"{Readable.At(stored, "type"),-24}  ", Color.Aqua);
        var stream = ($"{Readable.At(stored, "stream"),-30}  ", Color.Default);
        var room = Math.Max(20, output.Terminal.Width - head.Item1.Length - type.Item1.Length - stream.Item1.Length);
        output.Line(head, type, stream, (Facts.Of(Readable.Find(stored, "data"), room), Color.Grey));
    }
}
