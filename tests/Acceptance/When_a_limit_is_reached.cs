using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_limit_is_reached(RunningMesh mesh)
{
    [Fact]
    public async Task A_burst_fits_whole_and_one_past_it_is_refused_and_nothing_of_it_stored()
    {
        var workspace = await mesh.Limited("""{"events_per_second":1,"events_burst":5}""");
        var running = Stopwatch.StartNew();
        var tooMany = (await workspace.PublishBatch(Batch("a", 6))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        Assert.Contains("6 at once are more than the 5 that events_burst ever allows", tooMany["detail"], StringComparison.Ordinal);
        var whole = (await workspace.PublishBatch(Batch("b", 5))).Is(HttpStatusCode.Accepted);
        Assert.Equal(("5", "0"), (Header(whole, "RateLimit-Limit"), Header(whole, "RateLimit-Remaining")));

        // One comes back each second: no more than that is accepted.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => workspace.Publish(Workspace.Event($"c{i}"))));
        var accepted = answers.Count(a => a.Status == HttpStatusCode.Accepted);
        Assert.InRange(accepted, 0, (int)running.Elapsed.TotalSeconds);
        var refused = answers.Last(a => a.Status != HttpStatusCode.Accepted).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        Assert.Equal(("5", "0", "1"), (Header(refused, "RateLimit-Limit"), Header(refused, "RateLimit-Remaining"), Header(refused, "Retry-After")));
        Assert.InRange(int.Parse(Header(refused, "RateLimit-Reset"), CultureInfo.InvariantCulture), 4, 5);
        Assert.Equal(5 + accepted, (await workspace.Get("/events")).Items.Count);
    }

    [Fact]
    public async Task A_month_is_used_to_the_last_event_and_what_was_there_before_uses_nothing_of_it()
    {
        var workspace = await mesh.Limited("""{"events_per_month":3}""");
        for (var i = 0; i < 3; i++) (await workspace.Publish(Workspace.Event("1"))).Is(i == 0 ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        (await workspace.PublishBatch($"[{Workspace.Event("1")},{Workspace.Event("2")},{Workspace.Event("2")}]")).Is(HttpStatusCode.Accepted);
        var last = (await workspace.Publish(Workspace.Event("3"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(("3", "0"), (Header(last, "RateLimit-Limit"), Header(last, "RateLimit-Remaining")));

        for (var i = 4; i < 7; i++)
        {
            var refused = (await workspace.Publish(Workspace.Event($"{i}"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
            Assert.Contains("events_per_month of 3", refused["detail"], StringComparison.Ordinal);
            var now = DateTimeOffset.UtcNow;
            var monthsEnd = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now;
            Assert.InRange(int.Parse(Header(refused, "Retry-After"), CultureInfo.InvariantCulture), monthsEnd.TotalSeconds - 60, monthsEnd.TotalSeconds + 60);
        }
        var repeated = (await workspace.Publish(Workspace.Event("3"))).Is(HttpStatusCode.OK);
        Assert.Equal((last["id"], last["position"], "0"), (repeated["id"], repeated["position"], Header(repeated, "RateLimit-Remaining")));
        (await workspace.PublishBatch($"[{Workspace.Event("1")},{Workspace.Event("3")}]")).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBatch($"[{Workspace.Event("1")},{Workspace.Event("4")}]")).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        Assert.Equal(3, (await workspace.Get("/events")).Items.Count);
        var noted = Assert.Single(await Noted(workspace));
        Assert.Equal(("events_per_month", "hard", "starter", 3), (Text(noted, "limit"), Text(noted, "overage"), Text(noted, "plan"), noted["allowed"]!.GetValue<int>()));
        Assert.Equal(DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture), Text(noted, "period"));
    }

    [Fact]
    public async Task Past_a_soft_limit_everything_is_accepted_and_it_is_noted_once()
    {
        var workspace = await mesh.Limited("""{"events_per_month":2,"overage":"soft"}""");
        for (var i = 0; i < 2; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        Assert.Empty(await Noted(workspace));
        for (var i = 2; i < 6; i++) Assert.Equal("0", Header((await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted), "RateLimit-Remaining"));
        Assert.Equal(6, (await workspace.Get("/events")).Items.Count);
        var noted = Assert.Single(await Noted(workspace));
        Assert.Equal(("events_per_month", "soft", 2), (Text(noted, "limit"), Text(noted, "overage"), noted["allowed"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Calls_of_a_workspaces_keys_are_counted_and_neither_publishing_nor_the_admin()
    {
        Workspace workspace;
        var (answers, running) = (new List<Answer>(), new Stopwatch());
        do
        {
            // Where it took so long that one came back meanwhile, with another workspace.
            workspace = await mesh.Limited("""{"api_calls_per_minute":5}""");
            answers.Clear();
            running.Restart();
            for (var i = 0; i < 8; i++) answers.Add(await workspace.Get("/rules"));
        }
        while (running.Elapsed >= TimeSpan.FromSeconds(12));
        var admin = workspace.AsAdmin;
        // Five of them, and one more every twelve seconds.
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.OK));
        Assert.Equal(["4", "3", "2", "1", "0"], answers.Take(5).Select(a => Header(a, "RateLimit-Remaining")));
        Assert.Equal("5", Header(answers[^1].IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded"), "RateLimit-Limit"));
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        for (var i = 0; i < 8; i++) (await admin.Get("/usage")).Is(HttpStatusCode.OK);
        (await admin.Patch("", """{"limits":null}""")).Is(HttpStatusCode.OK);
        await Eventually.True(async () => (await workspace.Get("/rules")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(30), "the plan's limit to hold again");
        Assert.Equal("api_calls_per_minute", Text(Assert.Single(await Noted(workspace)), "limit"));
    }

    [Fact]
    public async Task Connections_and_rules_fit_to_the_last_one_and_a_deleted_one_makes_room()
    {
        var workspace = await mesh.Limited("""{"connections":2,"rules":1}""");
        var connections = new[] { await workspace.Connection(), await workspace.Connection() };
        var refused = (await workspace.Post("/connections", """{"name":"hook","kind":"webhook","config":{"url":"http://127.0.0.1:9/"}}""")).IsProblem(HttpStatusCode.Conflict, "limit_reached");
        Assert.Contains("allows 2 connections", refused["detail"], StringComparison.Ordinal);
        var rule = await workspace.Rule("{}", connections[0]);
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connections[1]}}"]}""")).IsProblem(HttpStatusCode.Conflict, "limit_reached");
        Assert.Equal((2, 1), ((await workspace.Get("/connections")).Items.Count, (await workspace.Get("/rules")).Items.Count));

        (await workspace.Delete("/rules/" + rule)).Is(HttpStatusCode.NoContent);
        (await workspace.Delete("/connections/" + connections[1])).Is(HttpStatusCode.NoContent);
        await workspace.Rule("{}", connections[0]);
        await workspace.Connection();
    }

    [Fact]
    public async Task Another_workspace_notices_nothing()
    {
        var exhausted = await mesh.Limited("""{"events_per_month":0,"connections":0}""");
        var other = await mesh.Workspace();
        for (var i = 0; i < 5; i++)
        {
            (await exhausted.Publish(Workspace.Event($"{i}"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
            var accepted = (await other.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
            Assert.Equal("2000", Header(accepted, "RateLimit-Limit"));
        }
        await other.Connection();
        Assert.Empty(await Noted(other));
    }

    [Fact]
    public async Task Nobody_publishes_in_the_platforms_name()
    {
        var workspace = await mesh.Workspace();
        var ours = Workspace.Event("1").Replace("/shop", "urn:eventmesh:limits", StringComparison.Ordinal);
        (await workspace.Publish(ours)).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("source", "may not begin with urn:eventmesh:");
        (await workspace.PublishBatch($"[{Workspace.Event("2")},{ours}]")).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("[1].source", "may not begin with urn:eventmesh:");
        Assert.Empty((await workspace.Get("/events")).Items);
    }

    private static string Batch(string prefix, int events) => $"[{string.Join(',', Enumerable.Range(0, events).Select(i => Workspace.Event(prefix + i)))}]";

    private static string Header(Answer answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static string Text(JsonNode noted, string member) => noted[member]!.GetValue<string>();

    /// <summary>The notes in a workspace's history, once it shows what was stored after all of them.</summary>
    private static async Task<IReadOnlyList<JsonNode>> Noted(Workspace workspace)
    {
        var last = (await workspace.Post("/keys", """{"name":"last"}""")).Is(HttpStatusCode.Created)["id"];
        JsonNode[] feed = [];
        await Eventually.True(async () =>
        {
            feed = [.. (await workspace.Get("/feed?limit=200")).Is(HttpStatusCode.OK).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
            return feed.Any(e => Text(e, "stream") == last);
        }, TimeSpan.FromSeconds(30), "the feed to come to its end");
        return [.. feed.Where(e => Text(e, "type") == "limit_exceeded").Select(e => e["data"]!)];
    }
}

internal static class LimitedWorkspace
{
    /// <summary>A new workspace with limits of its own, for the holder of its first key.</summary>
    public static async Task<Workspace> Limited(this RunningMesh mesh, string limits)
    {
        var workspace = await mesh.Workspace();
        (await workspace.AsAdmin.Patch("", $$"""{"limits":{{limits}}}""")).Is(HttpStatusCode.OK);
        return workspace;
    }
}
