using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_rule_is_written(RunningMesh mesh)
{
    [Fact]
    public async Task It_is_shown_as_it_was_written()
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        var created = (await workspace.Post("/rules", $$$$"""{"name":"big","filter":{"type":["order.*"],"data":{"total":{"$gte":100}}},"connections":["{{{{connection}}}}"]}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^rul_[0-9a-z]{26}$", created["id"]);
        Assert.Equal("enabled", created["status"]);
        var shown = (await workspace.Get("/rules/" + created["id"])).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"type":["order.*"],"data":{"total":{"$gte":100}}}"""), shown.Json["filter"]));
        Assert.Equal($"""["{connection}"]""", shown.Json["connections"]!.ToJsonString());
        Assert.Equal([created["id"]], (await workspace.Get("/rules")).Items.Select(r => r["id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"connections":["con_x"]}""", "name", "is required")]
    [InlineData("""{"name":"r"}""", "connections", "is required")]
    [InlineData("""{"name":"r","connections":[]}""", "connections", "1 to 100")]
    [InlineData("""{"name":"r","connections":["con_x"]}""", "connections[0]", "is not a connection of this workspace")]
    [InlineData("""{"name":"r","connections":[null]}""", "connections[0]", "is not a connection of this workspace")]
    [InlineData("""{"name":"r","connections":"con_x"}""", "connections", "must be a list")]
    [InlineData("""{"name":"r","connections":["con_x"],"filter":7}""", "filter", "is refused")]
    [InlineData("""{"name":"r","connections":["con_x"],"filter":{"typo":"a"}}""", "filter.typo", "is refused")]
    [InlineData("""{"name":"r","connections":["con_x"],"filter":{"data":{"a":{"$gtr":1}}}}""", "filter.data.a.$gtr", "is refused")]
    [InlineData("""{"name":"r","connections":["con_x"],"routing":{}}""", "routing", "is not a known field")]
    public async Task A_wrong_body_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/rules", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/rules")).Items);
    }

    [Fact]
    public async Task A_patch_replaces_a_filter_whole()
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        var rule = await workspace.Rule("""{"type":["order.*"],"source":"/shop"}""", connection);
        var changed = (await workspace.Patch("/rules/" + rule, """{"filter":{"type":["invoice.*"]},"status":"disabled"}""", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK);
        Assert.Equal("""{"type":["invoice.*"]}""", changed.Json["filter"]!.ToJsonString());
        Assert.Equal(("disabled", "\"3\""), (changed["status"], changed.Headers.ETag!.Tag));
        (await workspace.Patch("/rules/" + rule, """{"filter":{"x":1}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("filter.x", "is refused");
        (await workspace.Patch("/rules/" + rule, """{"name":"a"}""", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Delete("/rules/" + rule)).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/rules/" + rule)).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await workspace.Get("/rules")).Items);
    }

    [Theory]
    [InlineData("""{"filter":{"type":["order.*"]},"event":{"type":"order.created"}}""", true)]
    [InlineData("""{"filter":{"type":["order.*"]},"event":{"type":"invoice.created"}}""", false)]
    [InlineData("""{"filter":{"data":{"total":{"$gte":100}}},"event":{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"total":100}}}""", true)]
    [InlineData("""{"filter":{"data":{"total":{"$gte":100}}},"event":{"type":"t"}}""", false)]
    [InlineData("""{"filter":{"resource":"order","resource_id":"7"},"event":{"type":"t","resource":"order","resourceid":"7"}}""", true)]
    public async Task A_filter_can_be_tried_on_a_sample(string body, bool matches)
    {
        var workspace = await mesh.Workspace();
        Assert.Equal($$"""{"matches":{{(matches ? "true" : "false")}}}""", (await workspace.Post("/rules/test", body)).Is(HttpStatusCode.OK).Text);
    }

    [Theory]
    [InlineData("""{"event":{}}""", "filter", "is required")]
    [InlineData("""{"filter":{}}""", "event", "is required")]
    [InlineData("""{"filter":{},"event":[]}""", "event", "must be an object")]
    [InlineData("""{"filter":{},"event":{"type":7}}""", "event.type", "must be a string")]
    [InlineData("""{"filter":{"type":7},"event":{}}""", "filter.type", "is refused")]
    public async Task A_trial_that_cannot_be_is_refused(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/rules/test", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
    }
}
