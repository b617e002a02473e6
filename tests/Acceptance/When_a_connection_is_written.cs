using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_connection_is_written(RunningMesh mesh)
{
    [Fact]
    public async Task Its_secret_is_shown_once()
    {
        var workspace = await mesh.Workspace();
        var created = (await workspace.Post("/connections", """{"name":"hook","kind":"webhook","config":{"url":"https://example.com/hook","headers":{"X-A":"b"},"body":"data","retry_schedule":[1,2]}}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^con_[0-9a-z]{26}$", created["id"]);
        Assert.Equal("enabled", created["status"]);
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", created["secret"]);
        var shown = (await workspace.Get("/connections/" + created["id"])).Is(HttpStatusCode.OK);
        Assert.Equal("""{"url":"https://example.com/hook","headers":{"X-A":"b"},"body":"data","retry_schedule":[1,2],"legacy_signature":null}""", shown.Json["config"]!.ToJsonString());
        foreach (var answer in new[] { shown, await workspace.Get("/connections"), await workspace.Get("/feed"), await workspace.Get("/streams/" + created["id"]) })
            Assert.DoesNotContain("whsec_", answer.Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains("whsec_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"kind":"webhook","config":{"url":"https://example.com"}}""", "name", "is required")]
    [InlineData("""{"name":"a","config":{"url":"https://example.com"}}""", "kind", "is required")]
    [InlineData("""{"name":"a","kind":"smtp","config":{"url":"https://example.com"}}""", "kind", "must be webhook")]
    [InlineData("""{"name":"a","kind":"webhook"}""", "config", "is required")]
    [InlineData("""{"name":"a","kind":"webhook","config":7}""", "config", "must be an object")]
    [InlineData("""{"name":"a","kind":"webhook","config":{}}""", "config.url", "is required")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"hook"}}""", "config.url", "absolute URL")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"ftp://example.com"}}""", "config.url", "http")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://u:p@example.com"}}""", "config.url", "user name")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"http://10.0.0.1/"}}""", "config.url", "not public")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"http://169.254.169.254/"}}""", "config.url", "not public")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"http://[::ffff:10.0.0.1]/"}}""", "config.url", "not public")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"Host":"x"}}}""", "config.headers.Host", "is refused")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"webhook-id":"x"}}}""", "config.headers.webhook-id", "is refused")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X":"a\r\nb"}}}""", "config.headers.X", "is refused")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X":null}}}""", "config.headers.X", "must be a string")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X":"a","x":"b"}}}""", "config.headers.x", "is there twice")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":[]}}""", "config.headers", "must be an object")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","body":"xml"}}""", "config.body", "cloudevent or data")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","retry_schedule":[-1]}}""", "config.retry_schedule[0]", "0 to 86400")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","retry_schedule":[86401]}}""", "config.retry_schedule[0]", "0 to 86400")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","retry_schedule":["5"]}}""", "config.retry_schedule[0]", "must be an integer")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","retry_schedule":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}}""", "config.retry_schedule", "at most 20")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","timeout":5}}""", "config.timeout", "is not a known field")]
    [InlineData("""{"name":"a","kind":"webhook","secret":"x","config":{"url":"https://example.com"}}""", "secret", "whsec_")]
    [InlineData("""{"name":"a","kind":"webhook","scheme":"rsa","config":{"url":"https://example.com"}}""", "scheme", "hmac or ed25519")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","legacy_signature":{}}}""", "config.legacy_signature.header", "is required")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","legacy_signature":{"header":"webhook-signature"}}}""", "config.legacy_signature.header", "is refused")]
    [InlineData("""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X-Sig":"a"},"legacy_signature":{"header":"x-sig"}}}""", "config.legacy_signature.header", "among config.headers")]
    [InlineData("""{"name":"a","kind":"webhook","scheme":"ed25519","config":{"url":"https://example.com","legacy_signature":{"header":"X-Sig"}}}""", "config.legacy_signature", "needs the scheme hmac")]
    public async Task A_wrong_body_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/connections")).Items);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_takes_away_what_it_nulls()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection("http://127.0.0.1:9/a", ""","headers":{"X-A":"1","X-B":"2"},"retry_schedule":[1]""");
        var changed = (await workspace.Patch("/connections/" + id, """{"name":"new","config":{"headers":{"X-A":null},"retry_schedule":null},"status":"disabled"}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("new", "disabled", "asked"), (changed["name"], changed["status"], changed["disabled_because"]));
        Assert.Equal("""{"url":"http://127.0.0.1:9/a","headers":{"X-B":"2"},"body":"cloudevent","retry_schedule":null,"legacy_signature":null}""", changed.Json["config"]!.ToJsonString());
        Assert.Equal("enabled", (await workspace.Patch("/connections/" + id, """{"status":"enabled"}""")).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal(4, (await workspace.Patch("/connections/" + id, "{}")).Is(HttpStatusCode.OK).Json["version"]!.GetValue<int>());
        (await workspace.Patch("/connections/" + id, """{"kind":"smtp"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("kind", "cannot be changed");
        (await workspace.Patch("/connections/" + id, """{"status":"paused"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("status", "enabled or disabled");
        (await workspace.Patch("/connections/" + id, """{"config":{"url":"http://10.0.0.1"}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("config.url", "not public");
        (await workspace.Patch("/connections/" + id, """{"config":null}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("config", "is required");
    }

    [Fact]
    public async Task If_match_holds_a_change_to_the_version_that_was_read()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        Assert.Equal("\"1\"", (await workspace.Get("/connections/" + id)).Headers.ETag!.Tag);
        Assert.Equal("\"2\"", (await workspace.Patch("/connections/" + id, """{"name":"b"}""", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        (await workspace.Patch("/connections/" + id, """{"name":"c"}""", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Patch("/connections/" + id, """{"name":"c"}""", ("If-Match", "W/\"2\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Delete("/connections/" + id, ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Delete("/connections/" + id, ("If-Match", "\"2\""))).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_deleted_one_is_gone_and_stays_in_the_history()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        (await workspace.Delete("/connections/" + id)).Is(HttpStatusCode.NoContent);
        (await workspace.Delete("/connections/" + id)).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/connections/" + id)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Patch("/connections/" + id, """{"name":"x"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await workspace.Get("/connections")).Items);
        Assert.Equal(["connection_created", "connection_deleted"], (await workspace.Get("/streams/" + id)).Items.Select(e => e["type"]!.GetValue<string>()));
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{id}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connections[0]", "is not a connection");
    }
}
