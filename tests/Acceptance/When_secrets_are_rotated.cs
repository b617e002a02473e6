using System.Globalization;
using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_secrets_are_rotated(RunningMesh mesh)
{
    private const string Own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task They_are_listed_newest_first_and_never_shown_again()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        var rotated = (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":60}""")).Is(HttpStatusCode.OK);
        Assert.Matches("^sec_[0-9a-z]{26}$", rotated["id"]);
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", rotated["secret"]);
        Assert.True(rotated.Headers.CacheControl!.NoStore);
        Assert.Equal(TimeSpan.FromSeconds(60), rotated.Json["overlap_ends_at"]!.GetValue<DateTimeOffset>() - rotated.Json["created_at"]!.GetValue<DateTimeOffset>());
        var keyed = (await workspace.Post($"/connections/{id}/secret/rotate", """{"scheme":"ed25519"}""")).Is(HttpStatusCode.OK);
        Assert.Matches("^whpk_[A-Za-z0-9+/]{43}=$", keyed["public_key"]);
        Assert.Null(keyed.Json["secret"]);

        var listed = (await workspace.Get($"/connections/{id}/secrets")).Is(HttpStatusCode.OK);
        Assert.Equal([keyed["id"], rotated["id"], "sec_first"], listed.Items.Select(s => s["id"]!.GetValue<string>()));
        Assert.Equal(["ed25519", "hmac", "hmac"], listed.Items.Select(s => s["scheme"]!.GetValue<string>()));
        Assert.Equal(keyed["public_key"], listed.Items[0]["public_key"]!.GetValue<string>());
        Assert.Null(listed.Items[0]["expires_at"]);
        Assert.Equal(keyed.Headers.ETag, listed.Headers.ETag);
        foreach (var answer in new[] { listed, await workspace.Get("/connections/" + id), await workspace.Get("/feed"), await workspace.Get("/streams/" + id) })
            Assert.DoesNotMatch("whsec_|whsk_", answer.Is(HttpStatusCode.OK).Text);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains("whsec_", StringComparison.Ordinal) || line.Contains("whsk_", StringComparison.Ordinal));
        Assert.Equal(["connection_created", "connection_secret_rotated", "connection_secret_rotated"], (await workspace.Get("/streams/" + id)).Items.Select(e => e["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_connection_is_created_with_an_Ed25519_key_or_a_secret_brought_along()
    {
        var workspace = await mesh.Workspace();
        var keyed = (await workspace.Post("/connections", """{"name":"a","kind":"webhook","scheme":"ed25519","config":{"url":"https://example.com"}}""")).Is(HttpStatusCode.Created);
        Assert.Null(keyed.Json["secret"]);
        Assert.Equal(keyed["public_key"], (await workspace.Get($"/connections/{keyed["id"]}/secrets")).Items[0]["public_key"]!.GetValue<string>());
        // Rotated without a scheme it keeps its own.
        Assert.Equal("ed25519", (await workspace.Post($"/connections/{keyed["id"]}/secret/rotate", "{}")).Is(HttpStatusCode.OK)["scheme"]);
        var brought = (await workspace.Post("/connections", $$$"""{"name":"a","kind":"webhook","secret":"{{{Own}}}","config":{"url":"https://example.com"}}""")).Is(HttpStatusCode.Created);
        Assert.Equal((Own, "hmac"), (brought["secret"], brought["scheme"]));
    }

    [Fact]
    public async Task Without_a_body_the_old_one_signs_for_a_day()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        var rotated = (await workspace.Post($"/connections/{id}/secret/rotate", "")).Is(HttpStatusCode.OK);
        Assert.Equal(TimeSpan.FromDays(1), DateTimeOffset.Parse(rotated["overlap_ends_at"], CultureInfo.InvariantCulture) - DateTimeOffset.Parse(rotated["created_at"], CultureInfo.InvariantCulture));
        Assert.Equal(2, (await workspace.Get($"/connections/{id}/secrets")).Items.Count);
    }

    [Fact]
    public async Task If_match_keeps_a_repeated_call_from_rotating_twice()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        Assert.Equal("\"2\"", (await workspace.Post($"/connections/{id}/secret/rotate", "{}", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        (await workspace.Post($"/connections/{id}/secret/rotate", "{}", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        Assert.Equal(2, (await workspace.Get($"/connections/{id}/secrets")).Items.Count);
    }

    [Fact]
    public async Task Five_sign_at_once_and_a_sixth_is_refused()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        for (var more = 0; more < 4; more++) (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":604800}""")).Is(HttpStatusCode.OK);
        Assert.Equal(5, (await workspace.Get($"/connections/{id}/secrets")).Items.Count);
        (await workspace.Post($"/connections/{id}/secret/rotate", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal(5, (await workspace.Get($"/connections/{id}/secrets")).Items.Count);
        (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":0}""")).Is(HttpStatusCode.OK);
        Assert.Single((await workspace.Get($"/connections/{id}/secrets")).Items);
    }

    [Theory]
    [InlineData("""{"overlap_seconds":-1}""", "overlap_seconds", "0 to 604800")]
    [InlineData("""{"overlap_seconds":604801}""", "overlap_seconds", "0 to 604800")]
    [InlineData("""{"overlap_seconds":"1d"}""", "overlap_seconds", "must be an integer")]
    [InlineData("""{"overlap_seconds":1.5}""", "overlap_seconds", "must be an integer")]
    [InlineData("""{"scheme":"rsa"}""", "scheme", "hmac or ed25519")]
    [InlineData("""{"secret":"whsec_c2hvcnQ="}""", "secret", "24 to 64 bytes")]
    [InlineData("""{"scheme":"ed25519","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", "secret", "cannot be brought")]
    [InlineData("""{"overlap":5}""", "overlap", "is not a known field")]
    public async Task A_wrong_rotation_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        (await workspace.Post($"/connections/{id}/secret/rotate", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Single((await workspace.Get($"/connections/{id}/secrets")).Items);
    }

    [Fact]
    public async Task What_is_not_there_or_not_one_s_own_has_no_secrets()
    {
        var (workspace, another) = (await mesh.Workspace(), await mesh.Workspace());
        var id = await workspace.Connection();
        (await workspace.Post("/connections/con_none/secret/rotate", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Get("/connections/con_none/secrets")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Post($"/connections/{id}/secret/rotate", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Get($"/connections/{id}/secrets")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await another.Caller.Get($"{workspace.Path}/connections/{id}/secrets")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Delete("/connections/" + id)).Is(HttpStatusCode.NoContent);
        (await workspace.Post($"/connections/{id}/secret/rotate", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_legacy_signature_keeps_the_scheme_hmac()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection("https://example.com", ""","legacy_signature":{"header":"X-Hub-Signature-256"}""");
        Assert.Equal("X-Hub-Signature-256", (await workspace.Get("/connections/" + id)).Json["config"]!["legacy_signature"]!["header"]!.GetValue<string>());
        (await workspace.Post($"/connections/{id}/secret/rotate", """{"scheme":"ed25519"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Patch("/connections/" + id, """{"name":"renamed"}""")).Is(HttpStatusCode.OK);
        Assert.NotNull((await workspace.Get("/connections/" + id)).Json["config"]!["legacy_signature"]);
        Assert.Null((await workspace.Patch("/connections/" + id, """{"config":{"legacy_signature":null}}""")).Is(HttpStatusCode.OK).Json["config"]!["legacy_signature"]);
        (await workspace.Post($"/connections/{id}/secret/rotate", """{"scheme":"ed25519"}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/connections/" + id, """{"config":{"legacy_signature":{"header":"X-Sig"}}}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }
}
