using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance.Feed;

public class When_the_feed_is_filtered(RunningMesh mesh)
{
    [Fact]
    public async Task Only_what_is_asked_for_comes_and_it_says_how_far_it_has_looked()
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        await workspace.Rule("""{"type":["order.*"]}""", connection);
        var first = (await workspace.Publish(Workspace.Event("1", further: ",\"resource\":\"order\",\"resourceid\":\"7\""))).Is(HttpStatusCode.Accepted)["id"];
        await workspace.Publish(Workspace.Event("2", "other", ",\"resource\":\"order\",\"resourceid\":\"8\""));
        await workspace.Lines("/feed?type=event_routed", 1);

        Assert.Equal(["event_published", "event_published"], Types(await workspace.Lines("/feed?type=event_published")));
        Assert.Equal(["connection_created", "rule_created"], Types(await workspace.Lines("/feed?type=connection_created,rule_*")));
        Assert.Equal(["event_published", "event_routed"], Types(await workspace.Lines($"/feed?stream={first}")));
        Assert.Equal(["connection_created", "rule_created", "event_routed"], Types(await workspace.Lines($"/feed?resource={connection}&type=connection_*,rule_*,event_*")));
        Assert.Equal(["event_published", "event_published"], Types(await workspace.Lines("/feed?resource=order")));
        Assert.Equal(first, Assert.Single(await workspace.Lines("/feed?resource=order/7")).At("stream"));

        var whole = await workspace.Lines("/feed?progress=true");
        Assert.True(whole[^1]["end"]!.GetValue<bool>());
        Assert.Equal(whole[^2].At("position"), whole[^1].At("position"));
        var none = Assert.Single(await workspace.Lines("/feed?type=nothing&progress=true"));
        Assert.True(none["end"]!.GetValue<bool>());
        Assert.True(string.CompareOrdinal(none.At("position"), whole[0].At("position")) > 0);
        var limited = await workspace.Lines("/feed?type=event_published&limit=1&progress=true");
        Assert.Equal([limited[0].At("position"), "false"], [limited[1].At("position"), limited[1]["end"]!.ToJsonString()]);
    }

    [Theory]
    [InlineData("type=Nope", "type"), InlineData("stream=%20", "stream"), InlineData("resource=%00", "resource"), InlineData("since=yesterday", "since"), InlineData("until=1", "until"),
     InlineData("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "since"), InlineData("after=000000000001-000000000001&since=2026-01-01T00:00:00Z", "since"),
     InlineData("include=everything", "include"), InlineData("progress=yes", "progress"), InlineData("after_id=00000000-0000-0000-0000-000000000001", "after_id"), InlineData("after=0&after_id=x", "after_id")]
    public async Task A_wrong_query_is_refused(string query, string field) =>
        (await (await mesh.Workspace()).Get("/feed?" + query)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, "");

    [Fact]
    public async Task Stretches_that_meet_at_a_time_share_no_event_and_leave_none_out()
    {
        var workspace = await mesh.Workspace();
        for (var i = 0; i < 6; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        var all = await workspace.Lines("/feed", 10);
        var time = Uri.EscapeDataString(all[6].At("at"));
        var (before, after) = (await workspace.Lines($"/feed?until={time}"), await workspace.Lines($"/feed?since={time}"));
        Assert.Equal(all.Ids(), [.. before.Ids(), .. after.Ids()]);
        Assert.Equal(all[6].At("id"), after[0].At("id"));
        Assert.Empty(await workspace.Lines("/feed?since=2999-01-01T00:00:00Z"));
        Assert.Equal(all.Ids(), (await workspace.Lines("/feed?since=2020-01-01T00:00:00Z&until=2999-01-01T00:00:00Z")).Ids());
    }

    [Fact]
    public async Task A_position_at_which_no_event_of_this_feed_stands_is_told_from_one_that_is_merely_the_last()
    {
        var (workspace, other) = (await mesh.Workspace(), await mesh.Workspace());
        var (mine, theirs) = ((await workspace.Lines("/feed", 4))[^1], (await other.Lines("/feed", 4))[^1]);
        Assert.Empty(await workspace.Lines("/feed?after=" + mine.At("position")));
        Assert.Empty(await workspace.Lines($"/feed?after={mine.At("position")}&after_id={mine.At("id")}"));
        (await workspace.Get("/feed?after=" + theirs.At("position"))).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        (await workspace.Get("/feed?after=00ffffffffff-000000000001")).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        (await workspace.Get($"/feed?after={mine.At("position")}&after_id={theirs.At("id")}")).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        (await workspace.Get("/feed", ("Accept", "text/event-stream"), ("Last-Event-ID", theirs.At("position")))).IsProblem(HttpStatusCode.Conflict, "position_unknown");
    }

    [Fact]
    public async Task Payloads_come_redacted_for_those_who_may_read_them_and_their_reading_is_recorded()
    {
        var workspace = await mesh.Workspace();
        var auditor = await workspace.WithKey("auditor");
        (await workspace.Publish(Workspace.Event("1", "order.created", ",\"data\":{\"name\":\"Ada Lovelace\"}"))).Is(HttpStatusCode.Accepted);
        (await workspace.Publish(Workspace.Event("2"))).Is(HttpStatusCode.Accepted);

        var lines = await auditor.Lines("/feed?type=event_*,workspace_created&include=data", 3);
        Assert.False(lines[0].ContainsKey("payload"));
        Assert.Equal("1", lines[1]["payload"]!["id"]!.GetValue<string>());
        Assert.Equal("[string]", lines[1]["payload"]!["data"]!["name"]!.GetValue<string>());
        Assert.All(await auditor.Lines("/feed", 8), line => Assert.False(line.ContainsKey("payload")));
        await auditor.Lines("/feed?type=event_*,workspace_created&include=data", 3);

        var told = Assert.Single(await workspace.Lines("/feed?type=payloads_read", 1));
        var data = told["data"]!.AsObject();
        Assert.Equal(["event_*", "workspace_created"], data["types"]!.AsArray().Select(t => t!.GetValue<string>()));
        Assert.Equal((lines[1].At("position"), lines[2].At("position"), 2), (data.At("from"), data.At("to"), data["count"]!.GetValue<int>()));
        Assert.StartsWith("key_", told.At("actor"), StringComparison.Ordinal);
        (await (await workspace.WithKey("developer")).Get("/feed?include=data")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    private static List<string> Types(IEnumerable<JsonObject> lines) => [.. lines.Select(l => l.At("type"))];
}
