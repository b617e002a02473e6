using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_connection_is_operational(RunningMesh mesh)
{
    private const string Fields = """{"name":"ops","kind":"webhook","config":{"url":"http://127.0.0.1:9/ops"},"operational":true}""";

    [Fact]
    public async Task It_says_so_and_no_rule_may_name_it()
    {
        var workspace = await mesh.Workspace();
        var ordinary = await workspace.Connection();
        var created = (await workspace.Post("/connections", Fields)).Is(HttpStatusCode.Created);
        Assert.True((await workspace.Get("/connections/" + created["id"])).Json["operational"]!.GetValue<bool>());
        Assert.False((await workspace.Get("/connections/" + ordinary)).Json["operational"]!.GetValue<bool>());
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{ordinary}}","{{created["id"]}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connections[1]", "is operational");
        var rule = await workspace.Rule("{}", ordinary);
        (await workspace.Patch("/rules/" + rule, $$"""{"connections":["{{created["id"]}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connections[0]", "is operational");
    }

    [Fact]
    public async Task It_becomes_so_while_no_rule_names_it_and_stays_so_until_told()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        var rule = await workspace.Rule("{}", id);
        (await workspace.Patch("/connections/" + id, """{"operational":true}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("operational", rule);
        (await workspace.Delete("/rules/" + rule)).Is(HttpStatusCode.NoContent);
        Assert.True((await workspace.Patch("/connections/" + id, """{"operational":true}""")).Is(HttpStatusCode.OK).Json["operational"]!.GetValue<bool>());
        Assert.True((await workspace.Patch("/connections/" + id, """{"name":"other"}""")).Is(HttpStatusCode.OK).Json["operational"]!.GetValue<bool>());
        Assert.True((await workspace.Patch("/connections/" + id, """{"status":"disabled"}""")).Is(HttpStatusCode.OK).Json["operational"]!.GetValue<bool>());
        Assert.False((await workspace.Patch("/connections/" + id, """{"operational":null}""")).Is(HttpStatusCode.OK).Json["operational"]!.GetValue<bool>());
        (await workspace.Patch("/connections/" + id, """{"operational":"yes"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task It_is_told_and_what_it_is_told_can_be_read_like_any_event()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        var created = (await workspace.Post("/connections", Fields.Replace("http://127.0.0.1:9/ops", receiver.Url("/ops").ToString(), StringComparison.Ordinal))).Is(HttpStatusCode.Created);
        (await workspace.Patch("/connections/" + id, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);

        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), TimeSpan.FromSeconds(30), "it to be told");
        Assert.True(receiver.Arrived.TryPeek(out var told) && told.IsSignedWith(created["secret"]));
        await Eventually.True(async () => (await workspace.Get("/deliveries?connection=" + created["id"])).Items.Any(d => d["status"]!.GetValue<string>() == "delivered"), TimeSpan.FromSeconds(30), "its delivery to be listed");
        var delivery = (await workspace.Get("/deliveries?connection=" + created["id"])).Items[0];
        Assert.Contains("operational", delivery.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_told_of_a_delivery_from_failing_to_recovered_of_a_limit_and_of_a_replay()
    {
        await using var target = await Receiver.Start();
        target.Answer = (_, number) => number <= 5 ? 500 : 200;
        await using var ops = await Receiver.Start();
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections", Fields.Replace("http://127.0.0.1:9/ops", ops.Url("/ops").ToString(), StringComparison.Ordinal))).Is(HttpStatusCode.Created);
        await workspace.Rule("{}", await workspace.Connection(target.Url("/hook").ToString(), ",\"retry_schedule\":[0,0,0,0]"));
        (await workspace.AsAdmin.Patch("", """{"limits":{"events_per_month":1,"overage":"hard"}}""")).Is(HttpStatusCode.OK);

        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Told("delivery.exhausted", "delivery.failing");
        (await workspace.Post("/replays", """{"kind":"deliveries","filter":{"since":"2026-11-01T00:00:00Z"}}""".Replace("2026-11-01", DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)))
            .Is(HttpStatusCode.Accepted);
        await Told("delivery.exhausted", "delivery.failing", "delivery.recovered", "replay.finished");
        (await workspace.Publish(Workspace.Event("2"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        (await workspace.Publish(Workspace.Event("3"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        await Told("delivery.exhausted", "delivery.failing", "delivery.recovered", "limit.exceeded", "replay.finished");

        Task Told(params string[] types) => Eventually.True(
            () => Task.FromResult(types.SequenceEqual(ops.Arrived.Select(a => JsonNode.Parse(a.Text)!["type"]!.GetValue<string>()).Order(StringComparer.Ordinal))),
            TimeSpan.FromSeconds(60), string.Join(", ", types) + " to be told, each once");
    }

    [Theory]
    [InlineData("urn:eventmesh:operations")]
    [InlineData("URN:EventMesh:x")]
    public async Task Its_source_is_nobody_elses_in_any_mode(string source)
    {
        var workspace = await mesh.Workspace();
        var json = $$"""{"specversion":"1.0","id":"1","source":"{{source}}","type":"t"}""";
        (await workspace.Publish(json)).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("source", "may not begin with urn:eventmesh:");
        (await workspace.PublishBatch($"[{Workspace.Event("1")},{json}]")).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("[1].source", "may not begin with urn:eventmesh:");
        (await workspace.PublishBinary("{}", "application/json", ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", source), ("ce-type", "t")))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("source", "may not begin with urn:eventmesh:");
        Assert.Empty((await workspace.Get("/events")).Items);
    }
}
