using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace EventMesh.Cli.Commands;

internal static class Tail
{
    public static Command In(Shell shell)
    {
        var since = new Option<string>("--since") { Description = "Where to begin: beginning, now, or a position of the feed.", HelpName = "beginning|now|POSITION", DefaultValueFactory = _ => "now" };
        var count = new Option<int?>("--count") { Description = "End after so many events.", HelpName = "N" };
        return shell.Verb("tail", "Follow a workspace's history as it is written. Goes on by itself after a lost connection; Ctrl-C ends it.",
            ["eventmesh tail -w acme", "eventmesh tail -w acme --since beginning --json | jq .type"],
            [shell.Workspace, since, count], async call =>
            {
                var feed = new Feed(call.Client, call.InWorkspace($"feed"), call.Output.Note);
                var after = call.Given(since) is "beginning" ? null : call.Given(since);
                var seen = 0;
                try
                {
                    await foreach (var line in feed.Follow(after, call.Cancel))
                    {
                        Show(call.Output, line);
                        if (++seen == call.Value(count))
                            return;
                    }
                }
                catch (OperationCanceledException) when (call.Cancel.IsCancellationRequested)
                {
                    // Ctrl-C is how this command ends.
                }
            });
    }

    private static void Show(Output output, string line)
    {
        if (output.Json)
        {
            output.Line(line);
            return;
        }

        var stored = JsonElement.Parse(line);
        output.Line(
            ($"{Readable.At(stored, "at").Split(' ')[^1]}  ", Color.Grey),
            ($"{Readable.At(stored, "type"),-26}  ", Color.Aqua),
            ($"{Readable.At(stored, "stream")}  ", Color.Default),
            (Readable.Line(string.Join(' ', Facts(Readable.Find(stored, "data"))), 160), Color.Grey));
    }

    /// <summary>The plain values of an event's data, two levels deep, without times and digests: what a glance can take in.</summary>
    private static IEnumerable<string> Facts(JsonElement data, int depth = 0)
    {
        if (data.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var member in data.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object && depth < 2)
            {
                foreach (var fact in Facts(member.Value, depth + 1))
                    yield return fact;
            }
            else if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number && member.Name is not ("at" or "sha256") && !member.Name.EndsWith("_at", StringComparison.Ordinal))
            {
                yield return $"{Readable.Line(member.Name)}={Readable.Text(member.Value)}";
            }
        }
    }
}
