using System.CommandLine;
using System.Text.Json.Nodes;
using EventMesh.Cli.Replaying;

namespace EventMesh.Cli.Commands;

internal static class ReplayFeed
{
    public static Command In(Shell shell)
    {
        var to = new Option<string>("--to") { Description = "Where it goes: postgres://user@host/database, a file of NDJSON, or - for standard output.", HelpName = "postgres://…|FILE|-", Required = true };
        var table = new Option<string>("--table") { Description = "The table there; it and TABLE_progress are created when they are missing.", HelpName = "[SCHEMA.]TABLE", DefaultValueFactory = _ => "events" };
        var since = new Option<string?>("--since") { Description = "The time at which an empty target begins; the beginning without it.", HelpName = "TIME" };
        var consumer = new Option<string?>("--consumer") { Description = "Take this consumer's filter, and show there how far the target has come.", HelpName = "NAME" };
        var follow = new Option<bool>("--follow") { Description = "Go on as events happen, until Ctrl-C." };
        var takeBack = new Option<bool>("--take-back") { Description = "First delete from the table what the server does not have any more: after it was restored from an older backup." };
        var (filter, include) = (new FeedFilterOptions(), FeedFilterOptions.Include());
        return shell.Verb("replay", "Keep a table of your own up to date with a workspace's history, each event exactly once. Run again, it goes on where the table ends.",
            ["eventmesh replay --to postgres://warehouse@db/analytics -w acme --follow", "eventmesh replay --to postgres://warehouse@db/analytics --table mesh.orders --type event_published --include data -w acme", "eventmesh replay --to events.ndjson -w acme"],
            [to, shell.Workspace, table, since, consumer, follow, takeBack, include, .. filter.Options], async call =>
            {
                var named = call.Value(consumer) is { } name ? await FollowedConsumer.Find(call, name) : null;
                var filtered = named is null ? filter.On(call, "") : filter.Json(call) is null ? named.Filter : throw Failure.Usage("--consumer has a filter of its own", "Leave --type, --stream and --resource out.");
                filtered = Route.With(filtered, ("include", call.Value(include)));
                await using var target = Target(call, call.Given(to), call.Given(table));
                var replay = new Replay(call, target, call.InWorkspace($"feed") + filtered, filtered)
                { Since = call.Value(since), Follows = call.Value(follow), Kept = named is null ? null : named.Acknowledge };
                try
                {
                    if (call.Value(takeBack)) await replay.TakeBack();
                    var standing = await replay.Run();
                    call.Output.Note($"Up to date at {standing.Position ?? "the beginning"}.");
                }
                catch (OperationCanceledException) when (call.Cancel.IsCancellationRequested && call.Value(follow))
                {
                    // Ctrl-C is how following ends.
                }
            });
    }

    private static IReplayTarget Target(Call call, string to, string table) =>
        to == "-" ? new LinesTarget(call.Terminal, null)
        : to.StartsWith("postgres://", StringComparison.Ordinal) || to.StartsWith("postgresql://", StringComparison.Ordinal) || to.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)
            ? new PostgresTarget(TargetTable.ConnectionString(to), TargetTable.Named(table))
        : to.Contains("://", StringComparison.Ordinal) ? throw Failure.Usage("--to is neither a PostgreSQL database nor a file", "Give one such as postgres://user@host:5432/database, events.ndjson, or -.")
        : new LinesTarget(call.Terminal, to);

    /// <summary>A consumer that shows how far a target has come. It leads nobody: when it cannot be moved, the target is right.</summary>
    private sealed class FollowedConsumer(Call call, string path, string filter, string position)
    {
        private string position = position;

        public string Filter => filter;

        public static async Task<FollowedConsumer> Find(Call call, string name)
        {
            var path = call.InWorkspace($"consumers/{name}");
            var consumer = await call.Client.Get(path, call.Cancel);
            string? Given(string member) => consumer.Text("filter." + member) is { Length: > 0 } text ? text : null;
            var types = string.Join(',', consumer.Each("filter.types").Select(Readable.Text));
            return new(call, path, Route.With("", ("type", types.Length > 0 ? types : null), ("stream", Given("stream")), ("resource", Given("resource"))), consumer.Text("position"));
        }

        public async Task Acknowledge(Standing standing)
        {
            if (standing.Position is not { } to || string.CompareOrdinal(to, position) <= 0) return;
            try
            {
                await call.Client.Post(path + "/position", new JsonObject { ["position"] = to, ["after"] = position }, call.Cancel);
                position = to;
            }
            catch (Failure failure) when (failure.Code is ExitCode.Refused or ExitCode.Unreachable or ExitCode.ServerFailed)
            {
                call.Output.Note($"The consumer was not moved: {failure.Message}");
                if (failure.Code == ExitCode.Refused) position = (await call.Client.Get(path, call.Cancel)).Text("position");
            }
        }
    }
}
