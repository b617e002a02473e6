using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_deliveries_stand_in_line(RunningMesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("""{"key":"data.orderId"}""")]
    [InlineData("""{"key":"subject"}""")]
    public async Task The_ordering_of_a_rule_is_shown_changed_and_taken_away(string ordering)
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        var rule = (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"],"ordering":{{ordering}}}""")).Is(HttpStatusCode.Created)["id"];
        Assert.Equal(ordering, (await workspace.Get("/rules/" + rule)).Json["ordering"]!.ToJsonString());

        Assert.Equal(ordering, (await workspace.Patch("/rules/" + rule, """{"name":"s"}""")).Is(HttpStatusCode.OK).Json["ordering"]!.ToJsonString());
        Assert.Equal("""{"key":"type"}""", (await workspace.Patch("/rules/" + rule, """{"ordering":{"key":"type"}}""")).Is(HttpStatusCode.OK).Json["ordering"]!.ToJsonString());
        Assert.Null((await workspace.Patch("/rules/" + rule, """{"ordering":null}""")).Is(HttpStatusCode.OK).Json["ordering"]);
        Assert.Null((await workspace.Get("/rules/" + rule)).Json["ordering"]);
    }

    [Theory]
    [InlineData("""{}""", "ordering.key", "is required")]
    [InlineData("""{"key":"orderId"}""", "ordering.key", "or a field of the data")]
    [InlineData("""{"key":"data..a"}""", "ordering.key", "lacks a name")]
    [InlineData("""{"key":7}""", "ordering.key", "must be")]
    [InlineData("""{"key":"data.a","by":"b"}""", "ordering.by", "is not a known field")]
    [InlineData("\"data.a\"", "ordering", "must be")]
    public async Task A_wrong_ordering_is_refused_and_changes_nothing(string ordering, string field, string words)
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"],"ordering":{{ordering}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        var rule = await workspace.Rule("{}", connection);
        (await workspace.Patch("/rules/" + rule, $$"""{"ordering":{{ordering}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Null((await workspace.Get("/rules/" + rule)).Json["ordering"]);
    }

    [Fact]
    public async Task A_stuck_key_is_listed_with_what_blocks_it_and_skipped()
    {
        await using var receiver = await Receiver.Start();
        receiver.AnswerTo = arrival => Task.FromResult<int?>(arrival.Text.Contains("\"bad\"", StringComparison.Ordinal) ? 400 : 200);
        var workspace = await mesh.Workspace();
        var (rule, connection) = await InOrder(workspace, receiver);
        await Publish(workspace, "1", "a", "bad");
        await Publish(workspace, "2", "a", "good");
        await Publish(workspace, "3", "b", "good");

        var line = await Stuck(workspace);
        Assert.Equal((rule, connection, "a"), (line["rule"]!.GetValue<string>(), line["connection"]!.GetValue<string>(), line["key"]!.GetValue<string>()));
        Assert.Equal(("dead_lettered", 1, "status"), (line["blocked_by"]!["status"]!.GetValue<string>(), line["blocked_by"]!["attempts"]!.GetValue<int>(), line["blocked_by"]!["last_outcome"]!.GetValue<string>()));
        await Eventually.True(async () => (await Stuck(workspace))["waiting"]!.GetValue<int>() == 1, Patience, "the second to wait behind");
        Assert.Single((await workspace.Get($"/ordering?rule={rule}&connection={connection}&stuck=true")).Items);
        Assert.Empty((await workspace.Get("/ordering?rule=rul_other")).Items);
        Assert.Empty((await workspace.Get("/ordering?connection=con_other")).Items);

        var (id, delivery) = (line["line"]!.GetValue<string>(), line["blocked_by"]!["delivery"]!.GetValue<string>());
        (await workspace.Post($"/ordering/{id}/skip?delivery=dlv_other", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        var skipped = (await workspace.Post($"/ordering/{id}/skip?delivery={delivery}", "")).Is(HttpStatusCode.Accepted);
        Assert.Equal((id, delivery, "discarded"), (skipped["line"], skipped["delivery"], skipped["status"]));

        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == 2, Patience, "the others to be delivered");
        await Eventually.True(async () => (await workspace.Get("/ordering")).Items.Count == 0, Patience, "no line to be left");
        (await workspace.Post($"/ordering/{id}/skip", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_stuck_key_goes_on_when_its_head_is_sent_again_and_succeeds()
    {
        await using var receiver = await Receiver.Start();
        var repaired = false;
        receiver.AnswerTo = _ => Task.FromResult<int?>(repaired ? 200 : 400);
        var workspace = await mesh.Workspace();
        await InOrder(workspace, receiver);
        await Publish(workspace, "1", "a", "x");
        await Publish(workspace, "2", "a", "y");
        var line = (await Stuck(workspace))["line"]!.GetValue<string>();

        repaired = true;
        (await workspace.Post($"/ordering/{line}/retry", "")).Is(HttpStatusCode.Accepted);

        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == 2, Patience, "both to be delivered");
    }

    [Fact]
    public async Task A_line_waits_for_the_one_under_way_not_for_those_that_were_delivered_before_it()
    {
        await using var receiver = await Receiver.Start();
        var (first, third) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.AnswerTo = async arrival =>
        {
            if (arrival.Text.Contains("\"one\"", StringComparison.Ordinal)) await first.Task;
            if (arrival.Text.Contains("\"three\"", StringComparison.Ordinal)) await third.Task;
            return 200;
        };
        var workspace = await mesh.Workspace();
        await InOrder(workspace, receiver);
        foreach (var (id, state) in new[] { ("1", "one"), ("2", "two"), ("3", "three"), ("4", "four") }) await Publish(workspace, id, "a", state);
        await Eventually.True(async () => (await workspace.Get("/ordering")).Items.Any(l => l["waiting"]!.GetValue<int>() == 3), Patience, "three to wait behind the first");
        first.SetResult();
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/") == 3), Patience, "the third to be under way");

        var line = Assert.Single((await workspace.Get("/ordering")).Is(HttpStatusCode.OK).Items);
        Assert.Equal(("scheduled", 1), (line["blocked_by"]!["status"]!.GetValue<string>(), line["waiting"]!.GetValue<int>()));
        var (id3, delivery) = (line["line"]!.GetValue<string>(), line["blocked_by"]!["delivery"]!.GetValue<string>());
        (await workspace.Post($"/ordering/{id3}/retry", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal((delivery, "discarded"), ((await workspace.Post($"/ordering/{id3}/skip", "")).Is(HttpStatusCode.Accepted)["delivery"], (await workspace.Get("/deliveries/" + delivery)).Json["status"]!.GetValue<string>()));
        (await workspace.Post($"/ordering/{id3}/retry?delivery={delivery}", "")).IsProblem(HttpStatusCode.Conflict, "conflict");

        third.SetResult();
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == 3, Patience, "all but the skipped one to be delivered");
        Assert.Equal(4, receiver.CountOf("/"));
    }

    [Fact]
    public async Task Another_workspaces_lines_are_neither_seen_nor_touched()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 400;
        var workspace = await mesh.Workspace();
        await InOrder(workspace, receiver);
        await Publish(workspace, "1", "a", "x");
        var line = (await Stuck(workspace))["line"]!.GetValue<string>();

        var other = await mesh.Workspace();
        Assert.Empty((await other.Get("/ordering")).Items);
        (await other.Post($"/ordering/{line}/skip", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await other.Post($"/ordering/{line}/retry", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Single((await workspace.Get("/ordering")).Items);
    }

    [Fact]
    public async Task Lines_are_listed_page_by_page()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 400;
        var workspace = await mesh.Workspace();
        await InOrder(workspace, receiver);
        for (var i = 0; i < 5; i++) await Publish(workspace, $"{i}", $"key-{i}", "x");
        await Eventually.True(async () => (await workspace.Get("/ordering?stuck=true")).Items.Count == 5, Patience, "all to be stuck");

        var (seen, cursor) = (new List<string>(), "");
        for (var pages = 0; pages < 3; pages++)
        {
            var page = (await workspace.Get($"/ordering?limit=2{cursor}")).Is(HttpStatusCode.OK);
            seen.AddRange(page.Items.Select(l => l["key"]!.GetValue<string>()));
            cursor = "&cursor=" + page.Next;
            Assert.Equal(pages == 2, page.Next is null);
        }
        Assert.Equal(["key-0", "key-1", "key-2", "key-3", "key-4"], seen.Order());
        (await workspace.Get("/ordering?stuck=perhaps")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("stuck", "true or false");
        (await workspace.Get("/ordering?cursor=eA")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("cursor", "is not one");
    }

    private static async Task<(string Rule, string Connection)> InOrder(Workspace workspace, Receiver receiver)
    {
        var connection = await workspace.Connection(receiver.Url("/").ToString(), ""","retry_schedule":[]""");
        var rule = (await workspace.Post("/rules", $$$"""{"name":"in order","connections":["{{{connection}}}"],"ordering":{"key":"data.order"}}""")).Is(HttpStatusCode.Created)["id"];
        return (rule, connection);
    }

    private static async Task Publish(Workspace workspace, string id, string order, string state) =>
        (await workspace.Publish(Workspace.Event(id, further: $$$""","data":{"order":"{{{order}}}","state":"{{{state}}}"}"""))).Is(HttpStatusCode.Accepted);

    /// <summary>The one line that is stuck, once it is.</summary>
    private static async Task<System.Text.Json.Nodes.JsonNode> Stuck(Workspace workspace)
    {
        IReadOnlyList<System.Text.Json.Nodes.JsonNode> lines = [];
        await Eventually.True(async () => (lines = (await workspace.Get("/ordering?stuck=true")).Is(HttpStatusCode.OK).Items).Count == 1
            && lines[0]["blocked_by"]!["status"]!.GetValue<string>() == "dead_lettered", Patience, "a key to be stuck");
        return lines[0];
    }
}
