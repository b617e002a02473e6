using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_sample_is_sent(RunningMesh mesh)
{
    [Fact]
    public async Task It_arrives_at_one_connection_and_meets_no_rule()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var (one, other) = (await workspace.Connection(receiver.Url("/one").ToString()), await workspace.Connection(receiver.Url("/other").ToString()));
        await workspace.Rule("{}", one, other);
        (await workspace.Post("/event-types", """{"name":"order.paid","example":{"id":"7"},"schema":{"required":["id"]}}""")).Is(HttpStatusCode.Created);

        var sent = (await workspace.Post("/event-types/order.paid/send", $$"""{"connection":"{{one}}"}""")).Is(HttpStatusCode.Accepted);
        // What is published afterwards is routed afterwards: when it has arrived everywhere, the sample has met whatever it was to meet.
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 3), TimeSpan.FromSeconds(30), "the sample and the event at both connections");

        var sample = Assert.Single(receiver.Arrived, a => JsonNode.Parse(a.Text)!["source"]!.GetValue<string>() == "urn:eventmesh:sample");
        Assert.Equal("/one", sample.Path);
        var body = JsonNode.Parse(sample.Text)!;
        Assert.Equal(("order.paid", """{"id":"7"}""", "1.0"), (body["type"]!.GetValue<string>(), body["data"]!.ToJsonString(), body["specversion"]!.GetValue<string>()));

        var shown = (await workspace.Get("/events/" + sent["event"])).Is(HttpStatusCode.OK);
        var delivery = Assert.Single(shown.Json["deliveries"]!.AsArray())!;
        Assert.Equal((sent["delivery"], one, "sample"), (delivery["id"]!.GetValue<string>(), delivery["connection"]!.GetValue<string>(), delivery["rule"]!.GetValue<string>()));
        await Eventually.True(async () => (await workspace.Get("/deliveries/" + sent["delivery"])) is { Status: HttpStatusCode.OK } known && known["status"] == "delivered", TimeSpan.FromSeconds(30), "a delivered sample");
    }

    [Fact]
    public async Task Other_data_can_be_sent_in_the_examples_place_if_it_fits()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection(receiver.Url("/hook").ToString());
        (await workspace.Post("/event-types", """{"name":"a","schema":{"type":"array"}}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types/a/send", $$"""{"connection":"{{connection}}"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("data", "has no example");
        (await workspace.Post("/event-types/a/send", $$"""{"connection":"{{connection}}","data":{"x":1} }""")).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data", "must be an array");
        (await workspace.Post("/event-types/a/send", $$"""{"connection":"{{connection}}","data":[ 1 ]}""")).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 1), TimeSpan.FromSeconds(30), "the sample");
        Assert.Equal("[1]", JsonNode.Parse(receiver.Arrived.Single().Text)!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task It_needs_a_connection_that_is_there_and_enabled()
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        (await workspace.Post("/event-types", """{"name":"a","example":1}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types/a/send", "{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connection", "is required");
        (await workspace.Post("/event-types/a/send", """{"connection":"con_x"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connection", "is not a connection");
        (await workspace.Patch("/connections/" + connection, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        (await workspace.Post("/event-types/a/send", $$"""{"connection":"{{connection}}"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post("/event-types/b/send", $$"""{"connection":"{{connection}}"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await workspace.Get("/events")).Items);
    }
}
