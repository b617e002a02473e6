using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_workspace_is_created(RunningMesh mesh)
{
    [Fact]
    public async Task It_has_the_defaults_and_an_id_of_its_own()
    {
        var created = (await mesh.Admin.Post("/v1/workspaces", """{"name":" Acme "}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^[a-z0-9][a-z0-9-]{1,62}$", created["id"]);
        Assert.Equal(("Acme", "starter", "production"), (created["name"], created["plan"], created["environment"]));
        Assert.True(DateTimeOffset.UtcNow - DateTimeOffset.Parse(created["created_at"], null) < TimeSpan.FromMinutes(1));
        Assert.Equal("/v1/workspaces/" + created["id"], created.Headers.Location!.ToString());
        Assert.Equal("\"1\"", created.Headers.ETag!.Tag);
        Assert.Equal(created.Text, (await mesh.Admin.Get("/v1/workspaces/" + created["id"])).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task An_id_of_the_callers_choice_is_taken_once()
    {
        var id = $"acme-{Guid.NewGuid():N}";
        var body = $$"""{"id":"{{id}}","name":"Acme","plan":"professional","environment":"sandbox","region":"eu"}""";
        var created = (await mesh.Admin.Post("/v1/workspaces", body)).Is(HttpStatusCode.Created);
        Assert.Equal((id, "professional", "sandbox", "eu"), (created["id"], created["plan"], created["environment"], created["region"]));
        (await mesh.Admin.Post("/v1/workspaces", body)).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("""{}""", "name", "is required")]
    [InlineData("""{"name":"  "}""", "name", "is required")]
    [InlineData("""{"name":null}""", "name", "is required")]
    [InlineData("""{"name":7}""", "name", "must be a string")]
    [InlineData("""{"name":["a"]}""", "name", "must be a string")]
    [InlineData("""{"name":"a\u0000b"}""", "name", "control characters")]
    [InlineData("""{"name":"a\ud800"}""", "name", "unpaired surrogate")]
    [InlineData("""{"name":"Acme","id":"A"}""", "id", "must match")]
    [InlineData("""{"name":"Acme","id":"-a"}""", "id", "must match")]
    [InlineData("""{"name":"Acme","id":"a"}""", "id", "must match")]
    [InlineData("""{"name":"Acme","plan":"bronze"}""", "plan", "must be one of starter, professional, enterprise")]
    [InlineData("""{"name":"Acme","environment":""}""", "environment", "must match")]
    [InlineData("""{"name":"Acme","region":"é"}""", "region", "must match")]
    [InlineData("""{"name":"Acme","nmae":"x"}""", "nmae", "is not a known field")]
    [InlineData("""{"name":"Acme","name":"x"}""", "name", "is there twice")]
    [InlineData("""[]""", "body", "must be an object")]
    [InlineData("""null""", "body", "must be an object")]
    [InlineData("", "body", "is required")]
    public async Task A_wrong_body_is_refused_by_field_and_reason(string body, string field, string words) =>
        (await mesh.Admin.Post("/v1/workspaces", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);

    [Fact]
    public async Task Every_fault_is_named_at_once() =>
        (await mesh.Admin.Post("/v1/workspaces", """{"id":"A","plan":"B C"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request")
            .Names("id", "must match").Names("name", "is required").Names("plan", "must be one of");

    [Fact]
    public async Task Broken_json_is_refused_by_its_place() =>
        (await mesh.Admin.Post("/v1/workspaces", "{\"name\":\n\"a\",}")).IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "line 2, column");

    [Fact]
    public async Task A_body_that_is_too_deep_is_refused() =>
        (await mesh.Admin.Post("/v1/workspaces", "{\"name\":" + new string('[', 5000) + new string(']', 5000) + "}"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "inside one another");

    [Fact]
    public async Task Another_content_type_is_refused() =>
        (await mesh.Admin.Send(HttpMethod.Post, "/v1/workspaces", """{"name":"a"}""", "text/plain")).IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
}
