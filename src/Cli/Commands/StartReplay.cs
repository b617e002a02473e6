using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class StartReplay
{
    public static Command In(Shell shell)
    {
        var missing = new Option<bool>("--missing") { Description = "What today's rules would deliver and was never to be delivered." };
        var since = new Option<string>("--since") { Description = "Events accepted then or later: a timestamp, or how long ago (30m, 12h, 7d).", HelpName = "TIME", Required = true };
        var until = new Option<string?>("--until") { Description = "Events accepted before; now without it.", HelpName = "TIME" };
        var types = new Option<string[]>("--type") { Description = "Types of events, such as 'order.*'; may be repeated.", HelpName = "PATTERN" };
        var connection = new Option<string?>("--connection") { Description = "Only to this connection, by id or name." };
        var rule = new Option<string?>("--rule") { Description = "Only by this rule, by id or name." };
        var statuses = new Option<string[]>("--status") { Description = "Only deliveries in this state; may be repeated. dead_lettered and discarded without it.", HelpName = "STATUS" };
        var rate = new Option<int?>("--rate") { Description = "Deliveries a second: 1 to 1000, 50 without it.", HelpName = "N" };
        var key = new Option<string?>("--idempotency-key") { Description = "Started again with the same key it is the same replay." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count." };
        var watch = new Option<bool>("--watch") { Description = "Follow it until it ends." };
        return shell.Verb("start", "Send deliveries again by a filter, or make those that are missing.",
            ["eventmesh replays start -w acme --since 24h --dry-run",
             "eventmesh replays start -w acme --since 2026-11-20T08:00:00Z --until 2026-11-20T12:00:00Z --connection orders --status delivered --rate 200 --watch",
             "eventmesh replays start -w acme --missing --since 7d --type 'order.*' --watch"],
            [shell.Workspace, missing, since, until, types, connection, rule, statuses, rate, key, dryRun, watch], async call =>
            {
                var filter = new JsonObject { ["since"] = Time(call.Given(since), "--since") };
                if (call.Value(until) is { } end) filter["until"] = Time(end, "--until");
                if (call.Value(types) is { Length: > 0 } patterns) filter["types"] = new JsonArray([.. patterns.Select(p => (JsonNode)p)]);
                if (call.Value(connection) is { } to) filter["connection"] = await Names.Connection(call, to);
                if (call.Value(rule) is { } by) filter["rule"] = await Names.Rule(call, by);
                if (call.Value(statuses) is { Length: > 0 } states) filter["statuses"] = new JsonArray([.. states.Select(s => (JsonNode)s)]);
                var body = new JsonObject { ["kind"] = call.Value(missing) ? "missing" : "deliveries", ["filter"] = filter };
                if (call.Value(rate) is { } perSecond) body["rate_per_second"] = perSecond;
                if (call.Value(dryRun)) body["dry_run"] = true;

                using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
                if (call.Value(key) is { } name) content.Headers.TryAddWithoutValidation("Idempotency-Key", name);
                var answer = await call.Client.Post(call.InWorkspace($"replays"), content, call.Cancel);
                if (call.Value(dryRun)) call.Output.Show(answer, counted => Show(call, counted));
                else ReplayProgress.Show(call, call.Value(watch) ? await ReplayProgress.Watch(call, answer.Text("id")) : answer);
            });
    }

    private static void Show(Call call, Answer counted)
    {
        call.Output.Line($"{counted.Text("found")} deliveries would be replayed.");
        if (counted.Each("by") is { Length: > 0 } by) call.Output.Table(by, ("CONNECTION", "connection"), ("STATUS", "status"), ("COUNT", "count"));
    }

    /// <summary>A time as it was given; one that says how long ago is taken from this machine's clock.</summary>
    private static string Time(string given, string option) =>
        given.Contains('T', StringComparison.Ordinal) ? given
        : DateTime.UtcNow.AddSeconds(-Pause.Seconds(given, $"{option} 24h, or {option} 2026-11-20T08:00:00Z")).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
