using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_rule_maps(RunningMesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_target_gets_what_the_mapping_makes_signed_as_it_is_sent()
    {
        var workspace = await mesh.Workspace();
        using var receiver = new NodeScript("verify.mjs");
        var created = (await workspace.Post("/connections", $$$"""{"name":"t","kind":"webhook","config":{"url":"http://127.0.0.1:{{{await receiver.Line()}}}/"} }""")).Is(HttpStatusCode.Created);
        await receiver.Say(created["secret"]);
        Assert.Equal("taken", await receiver.Line());
        var rule = await Rule(workspace, created["id"], """{"z":"$.data.total","a":{"$path":"$.data.name","default":"Żółć"}}""");

        await Publish(workspace, "1", """{"total":1.50}""");
        var arrived = await receiver.Json();
        // JavaScript reads 1.50 as 1.5.
        Assert.Equal("""{"z":1.5,"a":"Żółć"}""", arrived["body"]!.ToJsonString(Unescaped));
        Assert.Equal(("application/json", "1", "[0]"), (arrived["content_type"]!.GetValue<string>(), arrived["ce_id"]!.GetValue<string>(), arrived["fits"]!.ToJsonString()));

        (await workspace.Patch("/rules/" + rule, """{"mapping":["$.type"]}""")).Is(HttpStatusCode.OK);
        await Publish(workspace, "2", "{}");
        Assert.Equal("""["order.created"]""", (await receiver.Json())["body"]!.ToJsonString());

        Assert.Null((await workspace.Patch("/rules/" + rule, """{"mapping":null}""")).Is(HttpStatusCode.OK).Json["mapping"]);
        await Publish(workspace, "3", "{}");
        Assert.Equal("3", (await receiver.Json())["body"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_deleted_rule_maps_what_is_still_on_its_way()
    {
        var workspace = await mesh.Workspace();
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, number) => number == 1 ? 500 : 200;
        var rule = await Rule(workspace, await workspace.Connection(receiver.Url("/hook").OriginalString), """{"id":"$.id"}""");
        await Publish(workspace, "1", "{}");
        var delivery = await Delivery(workspace, "retrying");
        (await workspace.Delete("/rules/" + rule)).Is(HttpStatusCode.NoContent);
        (await workspace.Post($"/deliveries/{delivery}/retry", "")).Is(HttpStatusCode.Accepted);
        await Delivery(workspace, "delivered");
        Assert.Equal(["""{"id":"1"}""", """{"id":"1"}"""], receiver.Arrived.Select(a => a.Text));
    }

    [Fact]
    public async Task An_event_that_cannot_be_mapped_is_a_dead_letter_until_the_rule_is_mended()
    {
        var workspace = await mesh.Workspace();
        await using var receiver = await Receiver.Start();
        var rule = await Rule(workspace, await workspace.Connection(receiver.Url("/hook").OriginalString), "\"$.data.none\"");
        await Publish(workspace, "1", "{}");
        var delivery = await Delivery(workspace, "dead_lettered");
        var attempt = (await workspace.Get("/deliveries/" + delivery)).Is(HttpStatusCode.OK).Json["attempts"]!.AsArray().Single()!;
        Assert.Equal(("mapping_failed", "mapping finds nothing in this event, and has no default"), (attempt["outcome"]!.GetValue<string>(), attempt["error"]!.GetValue<string>()));
        Assert.Empty(receiver.Arrived);

        (await workspace.Patch("/rules/" + rule, """{"mapping":"$.data"}""")).Is(HttpStatusCode.OK);
        (await workspace.Post($"/deliveries/{delivery}/retry", "")).Is(HttpStatusCode.Accepted);
        await Delivery(workspace, "delivered");
        Assert.Equal("{}", receiver.Arrived.Single().Text);
    }

    [Fact]
    public async Task It_is_shown_in_the_order_in_which_it_was_written()
    {
        var workspace = await mesh.Workspace();
        const string Mapping = """{"zz":"$.id","a":{"$each":"$.data.items","as":"@.sku"},"number":1.50}""";
        var rule = await Rule(workspace, await workspace.Connection(), Mapping);
        Assert.Equal(Mapping, (await workspace.Get("/rules/" + rule)).Is(HttpStatusCode.OK).Json["mapping"]!.ToJsonString());
        Assert.Equal(Mapping, (await workspace.Patch("/rules/" + rule, """{"name":"renamed"}""")).Is(HttpStatusCode.OK).Json["mapping"]!.ToJsonString());
        // Replaced whole, not merged.
        Assert.Equal("""{"only":1}""", (await workspace.Patch("/rules/" + rule, """{"mapping":{"only":1}}""")).Is(HttpStatusCode.OK).Json["mapping"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"items":[{"sku":"$5"}]}""", "mapping.items[0].sku", "Write $$5")]
    [InlineData("""["@.x"]""", "mapping[0]", "belongs into its as")]
    [InlineData("7", "mapping", "an object, a list, or a path")]
    public async Task A_template_that_cannot_be_right_is_refused_by_field_and_reason(string mapping, string field, string words)
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"],"mapping":{{mapping}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        (await workspace.Post("/rules/test", $$"""{"filter":{},"event":{},"mapping":{{mapping}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/rules")).Items);
        var rule = await Rule(workspace, connection, "[]");
        (await workspace.Patch("/rules/" + rule, $$"""{"mapping":{{mapping}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
    }

    [Fact]
    public async Task It_can_be_tried_on_a_sample()
    {
        var workspace = await mesh.Workspace();
        Assert.Equal("""{"matches":false,"mapped":{"n":1.50}}""",
            (await workspace.Post("/rules/test", """{"filter":{"type":"a"},"event":{"type":"b","data":{"n":1.50}},"mapping":{"n":"$.data.n"}}""")).Is(HttpStatusCode.OK).Text);
        (await workspace.Post("/rules/test", """{"filter":{},"event":{},"mapping":"$.data"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("mapping", "finds nothing");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<string> Rule(Workspace workspace, string connection, string mapping) =>
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"],"mapping":{{mapping}}}""")).Is(HttpStatusCode.Created)["id"];

    private static async Task Publish(Workspace workspace, string id, string data) =>
        (await workspace.Publish(Workspace.Event(id, further: $",\"data\":{data}"))).Is(HttpStatusCode.Accepted);

    /// <summary>Waits until the one delivery of the workspace has a status.</summary>
    private static async Task<string> Delivery(Workspace workspace, string status)
    {
        JsonNode? found = null;
        await Eventually.True(async () => (found = (await workspace.Get("/deliveries?status=" + status)).Is(HttpStatusCode.OK).Items.SingleOrDefault()) is not null, Patience, "the delivery to be " + status);
        return found!["id"]!.GetValue<string>();
    }
}
