using System.Globalization;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_deliveries_are_replayed(RunningMesh mesh)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Dead_letters_reach_their_target_under_the_same_webhook_id()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, number) => number <= 3 ? 500 : 200;
        var workspace = await mesh.Workspace();
        await workspace.Rule("{}", await workspace.Connection(receiver.Url("/hook").ToString(), ",\"retry_schedule\":[]"));
        for (var i = 0; i < 3; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=dead_lettered")).Items.Count == 3, Deadline, "three dead letters");

        var counted = (await Ask(workspace, ",\"dry_run\":true")).Is(HttpStatusCode.OK);
        Assert.Equal((3, "dead_lettered"), (counted.Json["found"]!.GetValue<int>(), counted.Json["by"]![0]!["status"]!.GetValue<string>()));
        Assert.Empty((await workspace.Get("/replays")).Items);
        Assert.Equal(3, receiver.Arrived.Count);

        var started = (await Ask(workspace)).Is(HttpStatusCode.Accepted);
        var ended = await Ended(workspace, started["id"]);

        Assert.Equal(("finished", 3, 3, 0), (ended["status"], ended.Json["found"]!.GetValue<int>(), ended.Json["done"]!.GetValue<int>(), ended.Json["left"]!.GetValue<int>()));
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 6), Deadline, "three repeats");
        Assert.Equal(3, receiver.Arrived.Select(a => a.WebhookId).Distinct().Count());
        Assert.Equal(started["id"], Assert.Single((await workspace.Get("/replays")).Items)["id"]!.GetValue<string>());
        (await workspace.Post($"/replays/{started["id"]}/cancel", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Events_of_before_a_rule_are_delivered_by_it()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection(receiver.Url("/hook").ToString());
        var @event = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted)["id"];
        var rule = await workspace.Rule("""{"type":["order.*"]}""", connection);

        var started = (await Ask(workspace, kind: "missing")).Is(HttpStatusCode.Accepted);

        Assert.Equal(1, (await Ended(workspace, started["id"])).Json["done"]!.GetValue<int>());
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 1), Deadline, "it to arrive");
        Assert.Equal(rule, (await workspace.Get("/events/" + @event)).Json["deliveries"]![0]!["rule"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_repeated_request_with_its_key_gets_the_first_replay_and_another_one_is_refused()
    {
        var workspace = await mesh.Workspace();
        var since = Time(-1);
        var first = (await Ask(workspace, since: since, key: "again")).Is(HttpStatusCode.Accepted);

        Assert.Equal(first["id"], (await Ask(workspace, since: since, key: "again")).Is(HttpStatusCode.Accepted)["id"]);
        (await Ask(workspace, ",\"rate_per_second\":7", since: since, key: "again")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Single((await workspace.Get("/replays")).Items);
    }

    [Fact]
    public async Task So_many_replays_of_a_workspace_run_at_once_and_no_more()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 500;
        var workspace = await mesh.Workspace();
        await workspace.Rule("{}", await workspace.Connection(receiver.Url("/hook").ToString(), ",\"retry_schedule\":[]"));
        // At one a second they run for longer than it takes to ask for the last.
        for (var i = 0; i < 40; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=dead_lettered&limit=200")).Items.Count >= 10, Deadline, "dead letters");
        var running = new List<string>();
        for (var i = 0; i < 5; i++) running.Add((await Ask(workspace, ",\"rate_per_second\":1")).Is(HttpStatusCode.Accepted)["id"]);

        (await Ask(workspace)).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post($"/replays/{running[0]}/cancel", "")).Is(HttpStatusCode.Accepted);
        Assert.Equal("cancelled", (await Ended(workspace, running[0]))["status"]);
        (await Ask(workspace, since: Time(-2))).Is(HttpStatusCode.Accepted);
        foreach (var id in running) await workspace.Post($"/replays/{id}/cancel", "");
    }

    [Theory]
    [InlineData("""{"kind":"all","filter":{"since":"2026-01-01T00:00:00Z"}}""", "kind", "must be deliveries or missing")]
    [InlineData("""{"kind":"deliveries"}""", "filter.since", "is required")]
    [InlineData("""{"kind":"deliveries","filter":{"since":"yesterday"}}""", "filter.since", "must be a timestamp")]
    [InlineData("""{"kind":"deliveries","filter":{"since":"2026-01-01T00:00:00Z","until":"2026-04-01T00:00:01Z"}}""", "filter.since", "90 days")]
    [InlineData("""{"kind":"deliveries","filter":{"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}}""", "filter.since", "behind until")]
    [InlineData("""{"kind":"deliveries","filter":{"since":"2026-01-02T00:00:00Z","until":"2999-01-01T00:00:00Z"}}""", "filter.until", "in the future")]
    [InlineData("""{"kind":"deliveries","rate_per_second":0,"filter":{"since":"2026-01-01T00:00:00Z"}}""", "rate_per_second", "from 1 to 1000")]
    [InlineData("""{"kind":"deliveries","rate_per_second":1001,"filter":{"since":"2026-01-01T00:00:00Z"}}""", "rate_per_second", "from 1 to 1000")]
    [InlineData("""{"kind":"deliveries","filter":{"since":"2026-01-01T00:00:00Z","statuses":["lost"]}}""", "filter.statuses", "must be some of")]
    [InlineData("""{"kind":"missing","filter":{"since":"2026-01-01T00:00:00Z","statuses":["delivered"]}}""", "filter.statuses", "leave it out")]
    [InlineData("""{"kind":"missing","filter":{"since":"2026-01-01T00:00:00Z","types":[""]}}""", "filter.types[0]", "must be text")]
    public async Task What_cannot_be_meant_is_refused_by_name(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/replays", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/replays")).Items);
    }

    [Fact]
    public async Task What_lies_at_a_limit_is_accepted()
    {
        var workspace = await mesh.Workspace();
        var types = string.Join(',', Enumerable.Repeat($"\"{new string('x', 200)}\"", 50));
        foreach (var body in new[]
        {
            """{"kind":"deliveries","dry_run":true,"rate_per_second":1,"filter":{"since":"2026-01-01T00:00:00Z","until":"2026-04-01T00:00:00Z"}}""",
            """{"kind":"missing","dry_run":true,"rate_per_second":1000,"filter":{"since":"2026-01-01T00:00:00Z","until":"2026-04-01T00:00:00Z","types":[""" + types + "]}}",
        }) (await workspace.Post("/replays", body)).Is(HttpStatusCode.OK);
        (await workspace.Post("/replays", """{"kind":"missing","filter":{"since":"2026-01-01T00:00:00Z","until":"2026-04-01T00:00:00Z","types":[""" + types + ",\"x\"]}}"))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("filter.types", "at most 50");
    }

    [Fact]
    public async Task Another_workspaces_replay_is_not_there()
    {
        var mine = await mesh.Workspace();
        var theirs = await mesh.Workspace();
        var id = (await Ask(mine)).Is(HttpStatusCode.Accepted)["id"];
        (await theirs.Get("/replays/" + id)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await theirs.Post($"/replays/{id}/cancel", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await theirs.Caller.Get(mine.Path + "/replays/" + id)).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    private static string Time(int hours) => DateTime.UtcNow.AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static Task<Answer> Ask(Workspace workspace, string further = "", string kind = "deliveries", string? since = null, string? key = null) =>
        workspace.Post("/replays", $$"""{"kind":"{{kind}}","filter":{"since":"{{since ?? Time(-1)}}"}{{further}}}""", key is null ? [] : [("Idempotency-Key", key)]);

    private static async Task<Answer> Ended(Workspace workspace, string id)
    {
        Answer? answer = null;
        await Eventually.True(async () => (answer = await workspace.Get("/replays/" + id))["status"] is "finished" or "cancelled" or "failed", Deadline, $"{id} to end");
        return answer!;
    }
}
