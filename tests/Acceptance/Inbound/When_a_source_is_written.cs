using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance.Inbound;

public class When_a_source_is_written(RunningMesh mesh)
{
    [Fact]
    public async Task Its_address_and_a_secret_made_here_are_shown_once()
    {
        var workspace = await mesh.Workspace();
        var created = (await workspace.Post("/sources", """{"name":"github","verification":{"kind":"github"}}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^src_[0-9a-z]{26}$", created["id"]);
        Assert.Matches("^/in/emi_[0-9A-Za-z]{32}$", created["receive_at"]);
        Assert.Matches("^[0-9A-Za-z]{40}$", created["secret"]);
        Assert.Equal("""{"source":"/sources/SRC","type":{"header":"X-GitHub-Event","prefix":"github."},"subject":null,"id":null}""".Replace("SRC", created["id"], StringComparison.Ordinal), created.Json["event"]!.ToJsonString());
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", (await workspace.Post("/sources", """{"name":"s","verification":{"kind":"standard_webhooks"}}""")).Is(HttpStatusCode.Created)["secret"]);
        var given = (await workspace.Post("/sources", """{"name":"s","verification":{"kind":"slack"},"secret":"given-by-the-provider"}""")).Is(HttpStatusCode.Created);
        Assert.Null(given.Json["secret"]);
        Assert.DoesNotContain("given-by-the-provider", given.Text, StringComparison.Ordinal);
        foreach (var path in new[] { "/sources/" + created["id"], "/sources", "/feed", "/streams/" + created["id"] })
        {
            var shown = (await workspace.Get(path)).Is(HttpStatusCode.OK).Text;
            foreach (var hidden in new[] { created["secret"], created["receive_at"][4..], "given-by-the-provider" }) Assert.DoesNotContain(hidden, shown, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(mesh.Process.Lines, l => l.Contains(created["secret"], StringComparison.Ordinal) || l.Contains("given-by-the-provider", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"verification":{"kind":"github"}}""", "name", "is required")]
    [InlineData("""{"name":"a"}""", "verification", "is required")]
    [InlineData("""{"name":"a","verification":{}}""", "verification.kind", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"gitlab"}}""", "verification.kind", "must be one of standard_webhooks, hmac, github")]
    [InlineData("""{"name":"a","verification":{"kind":"github","header":"X"}}""", "verification.header", "is not for github")]
    [InlineData("""{"name":"a","verification":{"kind":"github","tolerance_seconds":5}}""", "verification.tolerance_seconds", "is not for github")]
    [InlineData("""{"name":"a","verification":{"kind":"stripe"}}""", "secret", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"slack"}}""", "secret", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"stripe","tolerance_seconds":0},"secret":"0123456789abcdef"}""", "verification.tolerance_seconds", "from 1 to 86400")]
    [InlineData("""{"name":"a","verification":{"kind":"stripe","tolerance_seconds":86401},"secret":"0123456789abcdef"}""", "verification.tolerance_seconds", "from 1 to 86400")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"secret":"0123456789abcde"}""", "secret", "16 to 512")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"secret":"0123456789abcde\n"}""", "secret", "control characters")]
    [InlineData("""{"name":"a","verification":{"kind":"standard_webhooks"},"secret":"whsec_MDEyMzQ1Njc4OWFiY2Rl"}""", "secret", "16 to 64 bytes")]
    [InlineData("""{"name":"a","verification":{"kind":"standard_webhooks"},"secret":"whsec_not base64"}""", "secret", "16 to 64 bytes")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac"}}""", "verification.header", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X Y"}}""", "verification.header", "name of a header")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","algorithm":"md5"}}""", "verification.algorithm", "must be one of sha1, sha256, sha512")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","encoding":"binary"}}""", "verification.encoding", "must be one of hex, base64, base64url")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","timestamp_format":"unix"}}""", "verification.timestamp_header", "is required where")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","timestamp_header":"T","timestamp_format":"rfc1123"}}""", "verification.timestamp_format", "must be one of unix, unix_ms, rfc3339")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","timestamp_header":"T","signed":"{body}"}}""", "verification.signed", "a time that is not signed proves nothing")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","signed":"{timestamp}{body}"}}""", "verification.signed", "there is no timestamp_header")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","signed":"body"}}""", "verification.signed", "must contain {body} once")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","signed":"{body}{body}"}}""", "verification.signed", "must contain {body} once")]
    [InlineData("""{"name":"a","verification":{"kind":"hmac","header":"X","signed":"{url}{body}"}}""", "verification.signed", "no other braces")]
    [InlineData("""{"name":"a","verification":{"kind":"ed25519","header":"X"}}""", "secret", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"ed25519","header":"X"},"secret":"3d4017c3"}""", "secret", "public key of 32 bytes")]
    [InlineData("""{"name":"a","verification":{"kind":"ed25519","header":"X","algorithm":"sha256"}}""", "verification.algorithm", "is not for ed25519")]
    [InlineData("""{"name":"a","verification":{"kind":"standard_webhooks"},"secret":"whpk_AAAA"}""", "secret", "whpk_ and the base64 of 32 bytes")]
    [InlineData("""{"name":"a","verification":{"kind":"basic"}}""", "verification.username", "is required")]
    [InlineData("""{"name":"a","verification":{"kind":"basic","username":"a:b"}}""", "verification.username", "colon")]
    [InlineData("""{"name":"a","verification":{"kind":"api_key"}}""", "verification.header", "or query is required")]
    [InlineData("""{"name":"a","verification":{"kind":"api_key","header":"X","query":"k"}}""", "verification.header", "and not both")]
    [InlineData("""{"name":"a","verification":{"kind":"api_key","query":"k","prefix":"p"}}""", "verification.prefix", "belongs to header")]
    [InlineData("""{"name":"a","verification":{"kind":"github","secret":"x"}}""", "verification.secret", "is not a known field")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"source":"not a uri"}}""", "event.source", "URI-reference")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"source":"URN:EventMesh:x"}}""", "event.source", "may not begin with urn:eventmesh:")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"type":{}}}""", "event.type", "one of value, header and path")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"type":{"value":"a","path":"$.a"}}}""", "event.type", "one of value, header and path")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"type":{"value":""}}}""", "event.type.value", "may not be empty")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"type":{"header":"a b"}}}""", "event.type.header", "name of a header")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"subject":{"path":"a.b"}}}""", "event.subject.path", "must be a path")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"subject":{"path":"$..b"}}}""", "event.subject.path", "must be a path")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"type":{"value":"a","prefix":"b"}}}""", "event.type.prefix", "put it into value")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"event":{"id":{"value":"1"}}}""", "event.id.value", "the same one")]
    [InlineData("""{"name":"a","verification":{"kind":"github"},"token":"x"}""", "token", "is not a known field")]
    public async Task A_wrong_body_is_refused_by_field_and_reason(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/sources", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/sources")).Items);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        var workspace = await mesh.Workspace();
        using var provider = await Provider.Of(workspace, """{"kind":"hmac","header":"X-Sig","prefix":"s="}""", ""","event":{"type":{"header":"X-Topic"},"subject":{"path":"$.id"}}""");
        (await provider.Send("{}", ("X-Sig", "s=" + provider.Sign("{}")), ("X-Topic", "a"))).Is(HttpStatusCode.Accepted);
        var changed = (await workspace.Patch("/sources/" + provider.Id, """{"verification":{"prefix":null,"header":"X-New"},"event":{"subject":null,"type":{"prefix":"p."}}}""", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK);
        Assert.Equal("""{"kind":"hmac","algorithm":"sha256","encoding":"hex","header":"X-New","signed":"{body}"}""", changed.Json["verification"]!.ToJsonString());
        Assert.Equal("""{"header":"X-Topic","prefix":"p."}""", changed.Json["event"]!["type"]!.ToJsonString());
        (await workspace.Patch("/sources/" + provider.Id, """{"name":"b"}""", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        Assert.Equal(2, (await workspace.Patch("/sources/" + provider.Id, "{}")).Is(HttpStatusCode.OK).Json["version"]!.GetValue<int>());
        (await provider.Send("{}", ("X-Sig", "s=" + provider.Sign("{}")))).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        var published = (await provider.Send("{ }", ("X-New", provider.Sign("{ }")), ("X-Topic", "a"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(("p.a", "/sources/" + provider.Id), ((await workspace.Get("/events/" + published["id"]))["type"], (await workspace.Get("/events/" + published["id"]))["source"]));
        (await workspace.Patch("/sources/" + provider.Id, """{"verification":{"kind":"github"}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("verification.kind", "cannot be changed");
        (await workspace.Patch("/sources/" + provider.Id, """{"secret":"0123456789abcdef"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("secret", "cannot be changed");
        (await workspace.Patch("/sources/" + provider.Id, """{"verification":{"signed":"x"}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("verification.signed", "{body}");
    }

    [Fact]
    public async Task A_new_secret_holds_at_once_and_the_former_one_for_the_overlap()
    {
        var workspace = await mesh.Workspace();
        using var github = await Provider.Of(workspace);
        var rotated = (await workspace.Post($"/sources/{github.Id}/rotate-secret", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal(2, rotated.Json["secrets"]!.AsArray().Count);
        (await github.Github("{}", "1")).Is(HttpStatusCode.Accepted);
        (await github.Github("{}", "2", rotated["secret"])).Is(HttpStatusCode.Accepted);
        var again = (await workspace.Post($"/sources/{github.Id}/rotate-secret", """{"secret":"one-of-our-own-choice","overlap_seconds":0}""")).Is(HttpStatusCode.OK);
        Assert.Null(again.Json["secret"]);
        Assert.Single(again.Json["secrets"]!.AsArray());
        (await github.Github("{}", "3")).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        (await github.Github("{}", "3", rotated["secret"])).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        (await github.Github("{}", "3", "one-of-our-own-choice")).Is(HttpStatusCode.Accepted);

        foreach (var (body, field, words) in new[]
        {
            ("""{"overlap_seconds":-1}""", "overlap_seconds", "from 0 to 604800"), ("""{"overlap_seconds":604801}""", "overlap_seconds", "from 0 to 604800"),
            ("""{"secret":"short"}""", "secret", "16 to 512"),
        })
            (await workspace.Post($"/sources/{github.Id}/rotate-secret", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        (await workspace.Post($"/sources/{github.Id}/rotate-secret", """{"overlap_seconds":604800}""")).Is(HttpStatusCode.OK);
        (await workspace.Post("/sources/src_none/rotate-secret", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task There_are_as_many_as_the_plan_allows_connections_and_not_one_more()
    {
        var workspace = await mesh.Limited("""{"connections":2}""");
        await workspace.Connection();
        using var first = await Provider.Of(workspace);
        using var second = await Provider.Of(workspace);
        const string another = """{"name":"another","verification":{"kind":"github"}}""";
        (await workspace.Post("/sources", another)).IsProblem(HttpStatusCode.Conflict, "limit_reached");
        (await workspace.Delete("/sources/" + first.Id)).Is(HttpStatusCode.NoContent);
        (await workspace.Post("/sources", another)).Is(HttpStatusCode.Created);
        (await workspace.Post("/sources", another)).IsProblem(HttpStatusCode.Conflict, "limit_reached");
    }

    [Fact]
    public async Task A_new_address_ends_the_former_one()
    {
        var workspace = await mesh.Workspace();
        using var github = await Provider.Of(workspace);
        var rotated = (await workspace.Post($"/sources/{github.Id}/rotate-token", "")).Is(HttpStatusCode.OK);
        (await github.Github("{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await (github with { Path = rotated["receive_at"] }).Github("{}")).Is(HttpStatusCode.Accepted);
        (await workspace.Post("/sources/src_none/rotate-token", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Another_workspace_neither_sees_nor_changes_it_and_its_secret_opens_no_other_address()
    {
        var theirs = await mesh.Workspace();
        using var github = await Provider.Of(theirs);
        var mine = await mesh.Workspace();
        using var other = await Provider.Of(mine);
        (await mine.Get("/sources/" + github.Id)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Patch("/sources/" + github.Id, """{"status":"disabled"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Delete("/sources/" + github.Id)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Post($"/sources/{github.Id}/rotate-token", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Post($"/sources/{github.Id}/rotate-secret", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal([other.Id], (await mine.Get("/sources")).Items.Select(s => s["id"]!.GetValue<string>()));
        (await github.Github("{}", secret: other.Secret)).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        (await github.Github("{}")).Is(HttpStatusCode.Accepted);
        Assert.Empty((await mine.Get("/events")).Items);
        Assert.Single((await theirs.Get("/events")).Items);
    }
}
