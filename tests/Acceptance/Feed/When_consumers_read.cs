using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.OAuth;
using Xunit;

namespace EventMesh.Tests.Acceptance.Feed;

public class When_consumers_read(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    [Fact]
    public async Task What_one_node_acknowledges_another_goes_on_after()
    {
        var one = await Workspace.New(nodes.One, "enterprise");
        var two = one.On(nodes.Two);
        (await one.Put("/consumers/warehouse", """{"from":"beginning","filter":{"types":["event_published"]}}""")).Is(HttpStatusCode.Created);
        await one.Publish(0, 10);
        await two.Lines("/feed?type=event_published", 10);

        var read = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            var reader = round % 2 == 0 ? one : two;
            var answer = (await reader.Get("/consumers/warehouse/events?limit=3")).Is(HttpStatusCode.OK);
            var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject()).ToList();
            Assert.Equal(round == 3, lines[^1]["end"]!.GetValue<bool>());
            // Given again until it is acknowledged.
            Assert.Equal(lines.Ids(), (await reader.Lines("/consumers/warehouse/events?limit=3")).Ids());
            read.AddRange(lines.Ids());
            (await reader.Post("/consumers/warehouse/position", $$"""{"position":"{{lines[^1].At("position")}}","after":"{{answer.Headers.GetValues("Consumer-Position").Single()}}"}""")).Is(HttpStatusCode.OK);
        }
        Assert.Equal((await one.Lines("/feed?type=event_published")).Ids(), read);
        var standing = (await two.Get("/consumers/warehouse")).Is(HttpStatusCode.OK);
        Assert.Equal(0, standing.Json["lag_events"]!.GetValue<int>());
        Assert.Equal(0, standing.Json["lag_seconds"]!.GetValue<double>());
        Assert.NotNull(standing.Json["seen_at"]);
    }

    [Fact]
    public async Task Of_two_readers_one_moves_it_and_the_other_is_told_and_nobody_moves_it_back()
    {
        var workspace = await Workspace.New(nodes.One);
        await workspace.Put("/consumers/c", """{"from":"beginning"}""");
        var all = await workspace.Lines("/feed", 5);
        string Ack(string position, string after) => $$"""{"position":"{{position}}","after":"{{after}}"}""";
        (await workspace.Post("/consumers/c/position", Ack(all[1].At("position"), "0"))).Is(HttpStatusCode.OK);
        (await workspace.On(nodes.Two).Post("/consumers/c/position", Ack(all[2].At("position"), "0"))).IsProblem(HttpStatusCode.Conflict, "conflict");
        // The answer of the first was lost, and it asks again.
        (await workspace.Post("/consumers/c/position", Ack(all[1].At("position"), "0"))).Is(HttpStatusCode.OK);
        (await workspace.Post("/consumers/c/position", Ack(all[0].At("position"), all[1].At("position")))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("position", "before");
        (await workspace.Post("/consumers/c/position", Ack("00ffffffffff-000000000001", all[1].At("position")))).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        (await workspace.Post("/consumers/c/position", "{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("after", "required");

        var racing = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => workspace.On(n % 2 == 0 ? nodes.One : nodes.Two).Post("/consumers/c/position", Ack(all[2 + n % 3].At("position"), all[1].At("position")))));
        var won = (await workspace.Get("/consumers/c"))["position"];
        Assert.Contains(won, all[2..].Select(l => l.At("position")));
        Assert.All(racing.Where(a => a.Status == HttpStatusCode.OK), a => Assert.Equal(won, a["position"]));
    }

    [Fact]
    public async Task Asking_for_the_same_again_changes_nothing_and_for_something_else_is_refused()
    {
        var workspace = await Workspace.New(nodes.One);
        var last = (await workspace.Lines("/feed", 4))[^1].At("position");
        (await workspace.Put("/consumers/now", """{"from":"now","filter":{"stream":"con_"}}""")).Is(HttpStatusCode.Created);
        await workspace.Connection();
        var again = (await workspace.Put("/consumers/now", """{"from":"now","filter":{"stream":"con_"}}""")).Is(HttpStatusCode.OK);
        Assert.Equal(last, again["position"]);
        (await workspace.Put("/consumers/now", """{"from":"now"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Put("/consumers/now", """{"from":"beginning","filter":{"stream":"con_"}}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal("connection_created", (await workspace.Lines("/consumers/now/events", 1))[0].At("type"));
        foreach (var (body, field) in new[] { ("{}", "from"), ("""{"from":"soon"}""", "from"), ("""{"from":"now","filter":{"types":["A"]}}""", "filter.types"), ("""{"from":"now","filter":{"kind":"A"}}""", "filter.kind") })
            (await workspace.Put("/consumers/other", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, "");
        (await workspace.Put("/consumers/Other", """{"from":"now"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("name", "");
        (await workspace.Put("/consumers/other", """{"from":"00ffffffffff-000000000001"}""")).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        Assert.Equal(["now"], (await workspace.Get("/consumers")).Items.Select(c => c["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_reset_puts_it_elsewhere_and_ends_what_was_read_before_and_all_of_it_is_recorded()
    {
        var workspace = await Workspace.New(nodes.One);
        await workspace.Put("/consumers/c", """{"from":"beginning"}""");
        var all = await workspace.Lines("/feed", 5);
        await workspace.Post("/consumers/c/position", $$"""{"position":"{{all[2].At("position")}}","after":"0"}""");
        (await workspace.Post("/consumers/c/reset", """{"to":"beginning"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("0", (await workspace.On(nodes.Two).Get("/consumers/c"))["position"]);
        (await workspace.Post("/consumers/c/position", $$"""{"position":"{{all[3].At("position")}}","after":"{{all[2].At("position")}}"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post("/consumers/c/reset", $$"""{"to":"{{all[1].At("position")}}"}""")).Is(HttpStatusCode.OK);
        (await workspace.Post("/consumers/c/reset", $$"""{"to":"{{all[3].At("at")}}"}""")).Is(HttpStatusCode.OK);
        Assert.Equal(all[2].At("position"), (await workspace.Get("/consumers/c"))["position"]);
        (await workspace.Delete("/consumers/c")).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/consumers/c")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Put("/consumers/c", """{"from":"now"}""")).Is(HttpStatusCode.Created);

        Assert.Equal(["consumer_created", "consumer_reset", "consumer_reset", "consumer_reset", "consumer_deleted", "consumer_created"],
            (await workspace.Lines("/feed?stream=consumer-c", 6)).Select(l => l.At("type")));
        var auditor = await workspace.WithKey("auditor");
        (await auditor.Post("/consumers/c/reset", """{"to":"now"}""")).Is(HttpStatusCode.OK);
        (await (await workspace.WithKey("publisher")).Get("/consumers/c/events")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_workspace_has_so_many_and_one_more_when_one_is_deleted()
    {
        const int most = 100;
        var workspace = await Workspace.New(nodes.One, "enterprise");
        for (var n = 0; n < most; n++) (await workspace.Put($"/consumers/c{n}", """{"from":"beginning"}""")).Is(HttpStatusCode.Created);
        (await workspace.Put("/consumers/more", """{"from":"beginning"}""")).IsProblem(HttpStatusCode.Conflict, "limit_reached");
        (await workspace.Put("/consumers/c7", """{"from":"beginning"}""")).Is(HttpStatusCode.OK);
        (await workspace.Delete("/consumers/c8")).Is(HttpStatusCode.NoContent);
        (await workspace.Put("/consumers/c8", """{"from":"beginning"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(most, (await workspace.Get("/consumers?limit=200")).Items.Count);
    }
}
