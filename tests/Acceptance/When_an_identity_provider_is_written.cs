using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public sealed class When_an_identity_provider_is_written(RunningMesh mesh)
{
    private const string Whole = """
        {"name":"keycloak","issuer":"https://id.acme.example/realms/main","audiences":["eventmesh"],"algorithms":["RS256"],
         "roles_claim":"realm_access.roles","roles":{"admins":["operator"]},"tenant_claim":"org","tenant_value":"7","require_tenant_id":false}
        """;

    [Fact]
    public async Task It_is_shown_as_it_was_written_changed_and_removed()
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        var created = (await workspace.Post("/identity-providers", Whole)).Is(HttpStatusCode.Created);
        var path = $"/identity-providers/{created["id"]}";
        var read = (await workspace.Get(path)).Is(HttpStatusCode.OK);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal(("enabled", "org", "7", false), (read["status"], read["tenant_claim"], read["tenant_value"], read.Json["require_tenant_id"]!.GetValue<bool>()));
        Assert.Single((await workspace.Get("/identity-providers")).Is(HttpStatusCode.OK).Json["items"]!.AsArray());

        var changed = (await workspace.Patch(path, """{"roles":{"devs":["developer"]},"tenant_value":null,"tenant_claim":null,"require_tenant_id":null}""", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK);
        Assert.Equal("""{"admins":["operator"],"devs":["developer"]}""", changed.Json["roles"]!.ToJsonString());
        Assert.Equal(("tenant_id", workspace.Id, true), (changed["tenant_claim"], changed["tenant_value"], changed.Json["require_tenant_id"]!.GetValue<bool>()));
        (await workspace.Patch(path, """{"name":"other"}""", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Patch(path, """{"issuer":"https://other.example"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request");

        (await workspace.Delete(path)).Is(HttpStatusCode.NoContent);
        (await workspace.Delete(path)).Is(HttpStatusCode.NoContent);
        (await workspace.Get(path)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Post("/identity-providers", Whole)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task One_issuer_is_trusted_once_in_a_workspace_and_in_as_many_workspaces_as_like()
    {
        var (mine, theirs) = (await (await mesh.Workspace()).WithKey(), await (await mesh.Workspace()).WithKey());
        (await mine.Post("/identity-providers", Whole)).Is(HttpStatusCode.Created);
        (await mine.Post("/identity-providers", Whole)).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await theirs.Post("/identity-providers", Whole)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_workspace_trusts_twenty_and_no_more()
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        var last = "";
        for (var i = 0; i < 20; i++) last = (await workspace.Post("/identity-providers", With("issuer", $"\"https://idp-{i}.example\""))).Is(HttpStatusCode.Created)["id"];
        (await workspace.Post("/identity-providers", With("issuer", "\"https://one-more.example\""))).IsProblem(HttpStatusCode.Conflict, "limit_reached");
        (await workspace.Delete($"/identity-providers/{last}")).Is(HttpStatusCode.NoContent);
        (await workspace.Post("/identity-providers", With("issuer", "\"https://one-more.example\""))).Is(HttpStatusCode.Created);
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "name", "\"\"", "name" },
        { "issuer", "null", "issuer" },
        { "issuer", "\"id.acme.example\"", "issuer" },
        { "issuer", "\"ftp://id.acme.example\"", "issuer" },
        { "issuer", "\"https://id.acme.example/?tenant=1\"", "issuer" },
        { "issuer", "\"https://id.acme.example/#x\"", "issuer" },
        { "issuer", "\"https://user@id.acme.example/\"", "issuer" },
        { "issuer", "\"https://10.0.0.1/\"", "issuer" },
        { "issuer", "\"https://169.254.169.254/\"", "issuer" },
        { "audiences", "[]", "audiences" },
        { "audiences", "[\"\"]", "audiences[0]" },
        { "audiences", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]", "audiences" },
        { "algorithms", "[]", "algorithms" },
        { "algorithms", "[\"none\"]", "algorithms" },
        { "algorithms", "[\"HS256\"]", "algorithms" },
        { "algorithms", "[\"RS256\",\"RS256\"]", "algorithms" },
        { "roles_claim", "\"a..b\"", "roles_claim" },
        { "roles_claim", "\"/a~2\"", "roles_claim" },
        { "roles_claim", "null", "roles_claim" },
        { "roles", "null", "roles" },
        { "roles", "{}", "roles" },
        { "roles", "{\"x\":[\"admin\"]}", "roles.x" },
        { "roles", "{\"x\":[]}", "roles.x" },
        { "tenant_claim", "\".\"", "tenant_claim" },
        { "tenant_value", "\"\"", "tenant_value" },
        { "enabled", "true", "enabled" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_named(string member, string value, string field)
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        var answer = (await workspace.Post("/identity-providers", With(member, value))).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Contains(answer.Json["errors"]!.AsArray(), e => e!["field"]!.GetValue<string>() == field);
        Assert.Empty((await workspace.Get("/identity-providers")).Is(HttpStatusCode.OK).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task An_issuer_of_this_EventMesh_is_none_of_them()
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        foreach (var issuer in new[] { workspace.Id, "somebody-elses", "nobodys/" })
            (await workspace.Post("/identity-providers", With("issuer", $"\"{mesh.Process.Address.AbsoluteUri}issuers/{issuer}\""))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("issuer", "this EventMesh");
    }

    private static string With(string member, string value)
    {
        var whole = System.Text.Json.Nodes.JsonNode.Parse(Whole)!.AsObject();
        whole[member] = System.Text.Json.Nodes.JsonNode.Parse(value);
        return whole.ToJsonString();
    }
}
