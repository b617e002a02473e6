using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_an_event_type_is_described(RunningMesh mesh)
{
    private const string Schema = """{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"total":{"type":"number","minimum":0}},"additionalProperties":false}""";

    [Fact]
    public async Task It_is_shown_as_it_was_written_with_every_version_of_its_schema()
    {
        var workspace = await mesh.Workspace();
        var created = (await workspace.Post("/event-types", $$"""{"name":"order.paid","description":"An order\nwas paid.","example":{"id":"7","total":1.50},"schema":{{Schema}}}""")).Is(HttpStatusCode.Created);
        Assert.Equal(("order.paid", "An order\nwas paid.", false), (created["name"], created["description"], created.Json["archived"]!.GetValue<bool>()));
        (await workspace.Post("/event-types/order.paid/schemas", """{"schema":{"required":["id"]}}""")).Is(HttpStatusCode.Created);
        var shown = (await workspace.Get("/event-types/order.paid")).Is(HttpStatusCode.OK);
        Assert.Contains("""{"id":"7","total":1.50}""", shown.Text, StringComparison.Ordinal);
        var schemas = shown.Json["schemas"]!.AsArray();
        Assert.Equal([1, 2], schemas.Select(s => s!["version"]!.GetValue<int>()));
        Assert.Equal(Schema, schemas[0]!["schema"]!.ToJsonString());
        Assert.Equal("\"3\"", shown.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task A_name_is_there_once()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", """{"name":"a"}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types", """{"name":"a"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("{}", "name", "is required")]
    [InlineData("""{"name":"a/b"}""", "name", "1 to 200")]
    [InlineData("""{"name":"a","description":7}""", "description", "must be a string")]
    [InlineData("""{"name":"a","description":"\u0000"}""", "description", "control characters")]
    [InlineData("""{"name":"a","example":"\ud800"}""", "example", "unpaired surrogate")]
    [InlineData("""{"name":"a","schema":7}""", "schema", "must be an object or a boolean")]
    [InlineData("""{"name":"a","schema":{"type":"strin"}}""", "schema/type", "metaschema")]
    [InlineData("""{"name":"a","schema":{"properties":{"a":{"$ref":"http://127.0.0.1/x"}}}}""", "schema/properties/a/$ref", "nothing is fetched")]
    [InlineData("""{"name":"a","schema":{"pattern":"(?=a)"}}""", "schema/pattern", "looking ahead")]
    [InlineData("""{"name":"a","plan":"x"}""", "plan", "is not a known field")]
    public async Task A_wrong_body_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/event-types")).Items);
    }

    [Fact]
    public async Task Texts_are_bounded()
    {
        var workspace = await mesh.Workspace();
        string Body(string name, int description, int example) => $$"""{"name":"{{name}}","description":"{{new string('d', description)}}","example":"{{new string('e', example - 2)}}"}""";
        (await workspace.Post("/event-types", Body(new('n', 200), 2_000, 65_536))).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types", Body(new('n', 201), 2_001, 65_537))).IsProblem(HttpStatusCode.BadRequest, "invalid_request")
            .Names("name", "1 to 200").Names("description", "at most 2000").Names("example", "at most 65536 bytes");
        string Deep(int levels) => $$"""{"name":"deep{{levels}}","example":{{new string('[', levels)}}{{new string(']', levels)}}}""";
        (await workspace.Post("/event-types", Deep(63))).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types", Deep(64))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("example", "more than 63");
        string Large(int bytes) => $$$"""{"name":"large{{{bytes}}}","schema":{"title":"{{{new string('x', bytes - 12)}}}"}}""";
        (await workspace.Post("/event-types", Large(65_536))).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types", Large(65_537))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("schema", "at most 65536 bytes");
    }

    [Fact]
    public async Task An_example_fits_the_schema_or_is_refused_with_the_place()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", $$"""{"name":"a","example":{"id":7},"schema":{{Schema}}}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("example/id", "must be a string");
        (await workspace.Post("/event-types", """{"name":"a","example":{"id":"7"}}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types/a/schemas", """{"schema":{"required":["x"]}}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("example", "must have the member 'x'");
        (await workspace.Post("/event-types/a/schemas", $$"""{"schema":{{Schema}}}""")).Is(HttpStatusCode.Created);
        (await workspace.Patch("/event-types/a", """{"example":{"id":"7","total":-1}}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("example/total", "at least 0");
        Assert.Equal("""{"id":"7"}""", (await workspace.Get("/event-types/a")).Json["example"]!.ToJsonString());
    }

    [Fact]
    public async Task The_same_schema_again_changes_nothing()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", $$"""{"name":"a","schema":{{Schema}}}""")).Is(HttpStatusCode.Created);
        var again = (await workspace.Post("/event-types/a/schemas", $$"""{"schema":{{Schema}}}""")).Is(HttpStatusCode.OK);
        Assert.Single(again.Json["schemas"]!.AsArray());
        (await workspace.Post("/event-types/a/schemas", "{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("schema", "is required");
        (await workspace.Post("/event-types/b/schemas", """{"schema":true}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_patch_changes_archives_and_restores()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", """{"name":"a","description":"x","example":{"b":{"c":1}}}""")).Is(HttpStatusCode.Created);
        var changed = (await workspace.Patch("/event-types/a", """{"description":null,"example":{"b":{"d":null}},"archived":true}""", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK);
        Assert.Null(changed.Json["description"]);
        Assert.Equal("""{"b":{"d":null}}""", changed.Json["example"]!.ToJsonString());
        Assert.Equal("\"3\"", changed.Headers.ETag!.Tag);
        Assert.Empty((await workspace.Get("/event-types")).Items);
        Assert.True((await workspace.Get("/event-types?archived=true")).Items[0]["archived"]!.GetValue<bool>());
        Assert.Equal("\"3\"", (await workspace.Patch("/event-types/a", """{"archived":true}""")).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        (await workspace.Patch("/event-types/a", """{"archived":false}""")).Is(HttpStatusCode.OK);
        Assert.Single((await workspace.Get("/event-types")).Items);
        (await workspace.Patch("/event-types/a", """{"name":"b"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("name", "cannot be changed");
        (await workspace.Patch("/event-types/a", """{"archived":"yes"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("archived", "must be true or false");
        (await workspace.Patch("/event-types/a", """{"archived":true}""", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Patch("/event-types/b", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task They_are_listed_by_name_in_pages()
    {
        var workspace = await mesh.Workspace();
        foreach (var name in new[] { "c", "a", "B", "d" }) (await workspace.Post("/event-types", $$"""{"name":"{{name}}","schema":true}""")).Is(HttpStatusCode.Created);
        var first = (await workspace.Get("/event-types?limit=3")).Is(HttpStatusCode.OK);
        Assert.Equal(["B", "a", "c"], first.Items.Select(t => t["name"]!.GetValue<string>()));
        Assert.Equal(1, first.Items[0]["schema_version"]!.GetValue<int>());
        var second = (await workspace.Get($"/event-types?limit=3&cursor={first.Next}")).Is(HttpStatusCode.OK);
        Assert.Equal(["d"], second.Items.Select(t => t["name"]!.GetValue<string>()));
        Assert.Null(second.Next);
        (await workspace.Get("/event-types?archived=1")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("archived", "true or false");
        (await workspace.Get("/event-types/nothing")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Get("/event-types/no%20name")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Data_can_be_tried_on_any_version()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/event-types", $$"""{"name":"a","schema":{{Schema}}}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types/a/schemas", """{"schema":true}""")).Is(HttpStatusCode.Created);
        var old = (await workspace.Post("/event-types/a/validate", """{"data":{"id":7,"x":1},"version":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"valid":false,"version":1,"faults":[{"path":"/id","reason":"must be a string","keyword":"type"},{"path":"/x","reason":"is not allowed here","keyword":"additionalProperties"}]}""", old.Text);
        Assert.Equal("""{"valid":true,"version":2,"faults":[]}""", (await workspace.Post("/event-types/a/validate", """{"data":{"id":7}}""")).Is(HttpStatusCode.OK).Text);
        (await workspace.Post("/event-types/a/validate", """{"data":1,"version":3}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("version", "from 1 to 2");
        (await workspace.Post("/event-types", """{"name":"b"}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/event-types/b/validate", """{"data":1}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("version", "has no schema");
        (await workspace.Post("/event-types/c/validate", """{"data":1}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task One_workspace_has_nothing_to_do_with_the_types_of_another()
    {
        var (one, other) = (await mesh.Workspace(), await mesh.Workspace());
        (await one.Post("/event-types", """{"name":"order.created","schema":false}""")).Is(HttpStatusCode.Created);
        (await other.Get("/event-types/order.created")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await other.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
    }
}
