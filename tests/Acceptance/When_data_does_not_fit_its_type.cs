using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_data_does_not_fit_its_type(RunningMesh mesh)
{
    private const string Schema = """{"type":"object","required":["total"],"properties":{"total":{"type":"number"},"items":{"type":"array","items":{"type":"object","properties":{"price":{"minimum":0}}}}}}""";
    private const string Json = "application/json";

    [Fact]
    public async Task A_structured_event_is_refused_with_each_place()
    {
        var workspace = await Described();
        var refused = (await workspace.Publish(Event("1", """{"total":"x","items":[{"price":1},{"price":-1}]}"""))).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch");
        Assert.Equal(
            """[{"field":"data/total","reason":"must be a number","keyword":"type"},{"field":"data/items/1/price","reason":"must be at least 0","keyword":"minimum"}]""",
            refused.Json["errors"]!.ToJsonString());
        (await workspace.Publish(Event("1", """{"total":1}"""))).Is(HttpStatusCode.Accepted);
        Assert.Single((await workspace.Get("/events")).Items);
    }

    [Fact]
    public async Task A_binary_event_is_refused()
    {
        var workspace = await Described();
        (string, string)[] headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/shop"), ("ce-type", "order.paid")];
        (await workspace.PublishBinary("""{"total":"x"}""", Json, headers)).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data/total", "must be a number");
        (await workspace.PublishBinary("total", "text/plain", headers)).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data", "is not JSON");
        (await workspace.PublishBinary("xyz", "application/octet-stream", headers)).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data", "is not JSON");
        (await workspace.PublishBinary(null, null, headers)).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data", "is missing");
        Assert.Empty((await workspace.Get("/events")).Items);
        (await workspace.PublishBinary("""{"total":1}""", "application/vnd.order+json", headers)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_batch_is_refused_whole_with_the_index_of_each_event()
    {
        var workspace = await Described();
        var refused = (await workspace.PublishBatch($"[{Event("1", """{"total":1}""")},{Event("2", """{"total":null}""")},{Workspace.Event("3")},{Event("4", "[]")}]"))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("[1].data/total", "must be a number").Names("[3].data", "must be an object");
        Assert.Equal(2, refused.Json["errors"]!.AsArray().Count);
        Assert.Empty((await workspace.Get("/events")).Items);
        (await workspace.PublishBatch($"[{Event("1", """{"total":1}""")},{Workspace.Event("3")}]")).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Types_without_a_schema_and_types_that_nobody_described_pass()
    {
        var workspace = await Described();
        (await workspace.Post("/event-types", """{"name":"order.noted"}""")).Is(HttpStatusCode.Created);
        (await workspace.Publish(Event("1", "7", "order.noted"))).Is(HttpStatusCode.Accepted);
        (await workspace.Publish(Event("2", "7", "order.other"))).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_new_version_holds_for_the_next_event_and_an_event_accepted_before_gets_its_first_answer()
    {
        var workspace = await Described();
        var first = (await workspace.Publish(Event("1", """{"total":1}"""))).Is(HttpStatusCode.Accepted);
        (await workspace.Post("/event-types/order.paid/schemas", """{"schema":{"required":["currency"]}}""")).Is(HttpStatusCode.Created);
        (await workspace.Publish(Event("2", """{"total":1}"""))).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data", "'currency'");
        Assert.Equal(first["id"], (await workspace.Publish(Event("1", """{"total":1}"""))).Is(HttpStatusCode.OK)["id"]);
        (await workspace.PublishBatch($"[{Event("1", """{"total":1}""")}]")).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_archived_type_is_checked_as_before()
    {
        var workspace = await Described();
        (await workspace.Patch("/event-types/order.paid", """{"archived":true}""")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Event("1", "7"))).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch");
        (await workspace.Publish(Event("1", """{"total":1}"""))).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_process_that_starts_anew_knows_the_schemas()
    {
        var postgres = await (await PostgresServer.Shared).CreateDatabase("schemas");
        await using var first = await RunningMesh.StartOn(postgres);
        var workspace = await Described(await Workspace.New(first));
        await using var second = await RunningMesh.StartOn(postgres);
        var there = workspace.On(second);
        (await there.Publish(Event("1", "7"))).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch");
        (await there.Publish(Event("1", """{"total":1}"""))).Is(HttpStatusCode.Accepted);
    }

    private async Task<Workspace> Described(Workspace? known = null)
    {
        var workspace = known ?? await mesh.Workspace();
        (await workspace.Post("/event-types", $$"""{"name":"order.paid","schema":{{Schema}}}""")).Is(HttpStatusCode.Created);
        return workspace;
    }

    private static string Event(string id, string data, string type = "order.paid") => Workspace.Event(id, type, $",\"data\":{data}");
}
