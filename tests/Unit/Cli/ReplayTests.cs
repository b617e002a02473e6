using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class ReplayTests
{
    private const string Since = "2026-11-20T08:00:00Z";

    [Fact]
    public async Task What_is_given_is_asked_for_and_no_more()
    {
        await using var server = await StandIn.Start(202, """{"id":"rpl_1","status":"running"}""");
        Assert.Equal(0, await new Prompt(server.Url).Type("replays", "start", "-w", "acme", "--since", Since, "--until", "2026-11-20T09:00:00Z", "--type", "order.*",
            "--connection", "con_1", "--rule", "rul_1", "--status", "delivered", "--rate", "7"));
        var asked = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/workspaces/acme/replays"), (asked.Method, asked.Path));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"kind":"deliveries","filter":{"since":"2026-11-20T08:00:00Z","until":"2026-11-20T09:00:00Z","types":["order.*"],"connection":"con_1","rule":"rul_1","statuses":["delivered"]},"rate_per_second":7}
            """), asked.Json), asked.Body);
    }

    [Fact]
    public async Task A_dry_run_of_missing_ones_shows_what_would_be_made()
    {
        await using var server = await StandIn.Start(200, """{"found":3,"by":[{"connection":"con_1","status":"missing","count":3}]}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("replays", "start", "-w", "acme", "--missing", "--since", Since, "--dry-run"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"kind":"missing","filter":{"since":"2026-11-20T08:00:00Z"},"dry_run":true}"""), server.Requests[0].Json));
        Assert.Equal("3 deliveries would be replayed.\nCONNECTION  STATUS   COUNT\ncon_1       missing  3\n", prompt.Out);
    }

    [Fact]
    public async Task Watching_shows_progress_until_the_end()
    {
        var looks = 0;
        await using var server = await StandIn.Start((_, context) => StandIn.Answer(context, 200, Interlocked.Increment(ref looks) switch
        {
            1 => """{"id":"rpl_1","status":"running","found":null,"done":0,"skipped":{}}""",
            2 => """{"id":"rpl_1","status":"running","found":4,"done":1,"left":3,"skipped":{}}""",
            _ => """{"id":"rpl_1","status":"finished","found":4,"done":3,"left":0,"skipped":{"due_already":1},"finished_at":"2026-11-20T09:00:00Z"}""",
        }));
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("replays", "get", "rpl_1", "-w", "acme", "--watch"));
        Assert.Equal("running: counting\nrunning: 1 of 4 done, 3 left\nfinished: 3 of 4 done, 0 left, skipped due_already 1\n", prompt.Error);
        Assert.Contains("status  finished", prompt.Out);
    }

    [Fact]
    public async Task A_replay_that_failed_is_a_failure_of_the_server()
    {
        await using var server = await StandIn.Start(200, """{"id":"rpl_1","status":"failed","reason":"A fault of ours."}""");
        Assert.Equal(6, await new Prompt(server.Url).Type("replays", "get", "rpl_1", "-w", "acme"));
    }

    [Fact]
    public async Task It_is_cancelled()
    {
        await using var server = await StandIn.Start(202, """{"id":"rpl_1","status":"cancelling"}""");
        Assert.Equal(0, await new Prompt(server.Url).Type("replays", "cancel", "rpl_1", "-w", "acme"));
        Assert.Equal("/v1/workspaces/acme/replays/rpl_1/cancel", Assert.Single(server.Requests).Path);
    }
}
