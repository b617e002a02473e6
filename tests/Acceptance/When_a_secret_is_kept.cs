using System.Net;
using System.Text.Json;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_secret_is_kept(RunningMesh mesh)
{
    private const string Canary = "canary-4c1f9b-in-a-secret";

    [Fact]
    public async Task It_is_read_with_its_versions_and_never_with_its_value()
    {
        var workspace = await New();
        var created = (await workspace.Post("/secrets", $$"""{"name":"db.password","description":"of the orders' database","value":"{{Canary}}"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(($"tenants/{workspace.Id}/db.password", 1), (created["path"], created.Json["version"]!.GetValue<int>()));
        Assert.Null(created.Json["value"]);
        Assert.EndsWith("/secrets/db.password", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        var added = (await workspace.Post("/secrets/db.password/versions", $$"""{"value":"{{Canary}}-2","expires_at":"2100-01-01T00:00:00Z"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(2, added.Json["version"]!.GetValue<int>());

        var read = (await workspace.Get("/secrets/db.password")).Is(HttpStatusCode.OK);
        Assert.Equal(["2", "1"], read.Json["versions"]!.AsArray().Select(v => v!["number"]!.ToString()));
        Assert.All(read.Json["versions"]!.AsArray(), v => Assert.Equal("active", v!["status"]!.GetValue<string>()));
        Assert.StartsWith("key_", read["owner"], StringComparison.Ordinal);
        Assert.Equal(added.Headers.ETag, read.Headers.ETag);
        var listed = (await workspace.Get("/secrets")).Is(HttpStatusCode.OK);
        Assert.Equal("[2,1]", Assert.Single(listed.Items)["active_versions"]!.ToJsonString());

        foreach (var answer in new[] { created, added, read, listed, (await workspace.Get("/feed")).Is(HttpStatusCode.OK) }) Assert.DoesNotContain(Canary, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, File.ReadAllText($"/proc/{mesh.Process.Id}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_made_here_is_shown_once()
    {
        var workspace = await New();
        var made = (await workspace.Post("/secrets", """{"name":"made","generate":true}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^[A-Za-z0-9]{43}$", made["value"]);
        Assert.True(made.Headers.CacheControl!.NoStore);
        var another = (await workspace.Post("/secrets/made/versions", """{"generate":true}""")).Is(HttpStatusCode.Created);
        Assert.NotEqual(made["value"], another["value"]);
        Assert.True(another.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain(made["value"], (await workspace.Get("/secrets/made")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_revoked_and_the_others_stay()
    {
        var workspace = await New();
        (await workspace.Post("/secrets", """{"name":"two","value":"one"}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/secrets/two/versions", """{"value":"two"}""")).Is(HttpStatusCode.Created);
        for (var again = 0; again < 2; again++) (await workspace.Delete("/secrets/two/versions/2")).Is(HttpStatusCode.NoContent);
        var read = (await workspace.Get("/secrets/two")).Is(HttpStatusCode.OK);
        Assert.Equal(["revoked", "active"], read.Json["versions"]!.AsArray().Select(v => v!["status"]!.GetValue<string>()));
        Assert.NotNull(read.Json["versions"]![0]!["revoked_at"]);
        foreach (var none in new[] { "3", "0", "-1", "x", "99999999999" }) (await workspace.Delete("/secrets/two/versions/" + none)).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_deleted_secret_is_gone_and_its_name_free_and_numbers_go_on()
    {
        var workspace = await New();
        (await workspace.Post("/secrets", """{"name":"gone","value":"one"}""")).Is(HttpStatusCode.Created);
        (await workspace.Delete("/secrets/gone", ("If-Match", "\"7\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        for (var again = 0; again < 2; again++) (await workspace.Delete("/secrets/gone")).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/secrets/gone")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Post("/secrets/gone/versions", """{"value":"one"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await workspace.Get("/secrets")).Items);
        Assert.Equal(2, (await workspace.Post("/secrets", """{"name":"gone","value":"two"}""")).Is(HttpStatusCode.Created).Json["version"]!.GetValue<int>());
        (await workspace.Post("/secrets", """{"name":"gone","value":"three"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("""{"value":"x"}""", "name", "a to z")]
    [InlineData("""{"name":"a/b","value":"x"}""", "name", "a to z")]
    [InlineData("""{"name":"A","value":"x"}""", "name", "a to z")]
    [InlineData("""{"name":"a"}""", "value", "is required")]
    [InlineData("""{"name":"a","value":""}""", "value", "1 to 65536 bytes")]
    [InlineData("""{"name":"a","value":1}""", "value", "must be a string")]
    [InlineData("""{"name":"a","value":"x","generate":true}""", "value", "cannot be given")]
    [InlineData("""{"name":"a","value":"x","expires_at":"2001-01-01T00:00:00Z"}""", "expires_at", "in the future")]
    [InlineData("""{"name":"a","value":"x","expires_at":"tomorrow"}""", "expires_at", "timestamp")]
    [InlineData("""{"name":"a","value":"x","description":"\u0007"}""", "description", "control character")]
    [InlineData("""{"name":"a","values":"x"}""", "values", "is not a known field")]
    public async Task A_wrong_one_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await New();
        (await workspace.Post("/secrets", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/secrets")).Items);
    }

    [Fact]
    public async Task A_value_has_64_KiB_and_not_one_byte_more()
    {
        var workspace = await New();
        (await workspace.Post("/secrets", Value("a", 65_536))).Is(HttpStatusCode.Created);
        (await workspace.Post("/secrets", Value("b", 65_537))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("value", "65536 bytes");
        (await workspace.Post("/secrets/a/versions", Value(null, 65_536))).Is(HttpStatusCode.Created);
        (await workspace.Post("/secrets/a/versions", Value(null, 65_537))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("value", "65536 bytes");

        // Two bytes a letter in UTF-8.
        static string Value(string? name, int bytes) => JsonSerializer.Serialize(new { name, value = new string('é', bytes / 2) + new string('a', bytes % 2) }).Replace("\"name\":null,", "", StringComparison.Ordinal)
            .Replace("\\u00E9", "é", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_versions_are_active_at_once_and_an_eleventh_is_refused()
    {
        var workspace = await New();
        (await workspace.Post("/secrets", """{"name":"many","value":"1"}""")).Is(HttpStatusCode.Created);
        for (var n = 2; n <= 10; n++) (await workspace.Post("/secrets/many/versions", $$"""{"value":"{{n}}"}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/secrets/many/versions", """{"value":"11"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Delete("/secrets/many/versions/1")).Is(HttpStatusCode.NoContent);
        Assert.Equal(11, (await workspace.Post("/secrets/many/versions", """{"value":"11"}""")).Is(HttpStatusCode.Created).Json["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task Another_workspace_sees_none_of_it()
    {
        var (workspace, another) = (await New(), await New());
        (await workspace.Post("/secrets", """{"name":"mine","value":"x"}""")).Is(HttpStatusCode.Created);
        (await another.Get("/secrets/mine")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Delete("/secrets/mine")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Caller.Get($"{workspace.Path}/secrets/mine")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Caller.Get($"{workspace.Path}/secrets")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Post("/secrets", """{"name":"mine","value":"another's"}""")).Is(HttpStatusCode.Created);
        Assert.Single((await workspace.Get("/secrets/mine")).Json["versions"]!.AsArray());
    }

    private async Task<Workspace> New() => await (await mesh.Workspace()).WithKey();
}
