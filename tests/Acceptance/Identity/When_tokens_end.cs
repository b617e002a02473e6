using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Everything that ends a token before its time, and what must never have been one.</summary>
public sealed class When_tokens_end(RunningMesh mesh)
{
    [Fact]
    public async Task What_is_changed_about_an_account_binds_tokens_that_are_out()
    {
        var workspace = await mesh.Workspace();
        var account = await workspace.Account("publisher", "auditor");
        var path = "/service-accounts/" + account.Id;
        var (token, narrow) = (await workspace.Token(account), await workspace.Token(account, "publisher"));
        (await workspace.As(token).Get("/service-accounts")).Is(HttpStatusCode.OK);
        (await workspace.As(narrow).Get("/service-accounts")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        (await workspace.Patch(path, """{"roles":["publisher"]}""")).Is(HttpStatusCode.OK);
        (await workspace.As(token).Get("/service-accounts")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.Patch(path, """{"roles":["operator","publisher","auditor"]}""")).Is(HttpStatusCode.OK);
        // Back, but no more than the token was made with.
        (await workspace.As(token).Get("/service-accounts")).Is(HttpStatusCode.OK);
        (await workspace.As(token).Post("/keys", """{"name":"k"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        (await workspace.Patch(path, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        (await workspace.As(token).Get("/service-accounts")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        await Refused(workspace, account);
        (await workspace.Patch(path, """{"status":"enabled"}""")).Is(HttpStatusCode.OK);
        (await workspace.As(token).Get("/service-accounts")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");

        token = await workspace.Token(account);
        (await workspace.Post(path + "/revoke-tokens", "")).Is(HttpStatusCode.NoContent);
        (await workspace.As(token).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        token = await workspace.Token(account);
        (await workspace.As(token).Get("/events")).Is(HttpStatusCode.OK);
        (await workspace.Delete(path)).Is(HttpStatusCode.NoContent);
        (await workspace.As(token).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        await Refused(workspace, account);
        (await workspace.Get(path)).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_credential_proves_nothing_once_it_is_revoked_or_has_expired()
    {
        var workspace = await mesh.Workspace();
        var account = await workspace.Account("publisher");
        var path = $"/service-accounts/{account.Id}/credentials";
        var second = (await workspace.Post(path, """{"kind":"secret","expires_in_seconds":1}""")).Is(HttpStatusCode.Created);
        await Eventually.True(async () => (await Ask(workspace, account.Id, second["secret"])).Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(20), "the credential to expire");
        var shown = (await workspace.Get("/service-accounts/" + account.Id)).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("ems_", shown.Text, StringComparison.Ordinal);
        var first = shown.Json["credentials"]![0]!["id"]!.GetValue<string>();
        Assert.NotEmpty(await workspace.Token(account));
        (await workspace.Delete($"{path}/{first}")).Is(HttpStatusCode.NoContent);
        (await workspace.Delete($"{path}/{first}")).Is(HttpStatusCode.NoContent);
        (await workspace.Delete($"{path}/crd_none")).IsProblem(HttpStatusCode.NotFound, "not_found");
        await Refused(workspace, account);
    }

    [Fact]
    public async Task Keys_are_rotated_under_tokens_in_use_and_a_retired_key_takes_its_tokens_along()
    {
        var workspace = await mesh.Workspace();
        var account = await workspace.Account("publisher");
        var old = await workspace.Token(account);
        Assert.Equal([Kid(old)], await Shown(workspace));

        (await workspace.Post("/issuer/rotate", """{"overlap_seconds":600}""")).Is(HttpStatusCode.OK);
        Assert.Equal(2, (await Shown(workspace)).Length);
        Assert.Equal(Kid(old), Kid(await workspace.Token(account)));

        var rotated = (await workspace.Post("/issuer/rotate", """{"overlap_seconds":0}""")).Is(HttpStatusCode.OK);
        var now = await workspace.Token(account);
        Assert.NotEqual(Kid(old), Kid(now));
        Assert.Equal(3, (await Shown(workspace)).Length);
        Assert.Equal(["verifying", "signing", "pending"], rotated.Json["keys"]!.AsArray().Select(k => k!["state"]!.GetValue<string>()));
        foreach (var token in new[] { old, now }) (await workspace.As(token).Get("/events")).Is(HttpStatusCode.OK);

        (await workspace.Post($"/issuer/keys/{Kid(old)}/retire", "")).Is(HttpStatusCode.OK);
        (await workspace.As(old).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await workspace.As(now).Get("/events")).Is(HttpStatusCode.OK);
        (await workspace.Post($"/issuer/keys/{Kid(now)}/retire", "")).Is(HttpStatusCode.OK);
        (await workspace.As(now).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await workspace.As(await workspace.Token(account)).Get("/events")).Is(HttpStatusCode.OK);
        (await workspace.Post("/issuer/keys/none/retire", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Post("/issuer/rotate", """{"overlap_seconds":604801}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("overlap_seconds", "from 0 to 604800");
    }

    [Fact]
    public async Task The_key_set_is_not_sent_again_to_whoever_has_it()
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Caller.Get($"/issuers/{workspace.Id}/jwks")).Is(HttpStatusCode.OK);
        Assert.Equal("public, max-age=300", first.Headers.CacheControl?.ToString());
        (await workspace.Caller.Get($"/issuers/{workspace.Id}/jwks", ("If-None-Match", first.Headers.ETag!.ToString()))).Is(HttpStatusCode.NotModified);
        (await workspace.Post("/issuer/rotate", "{}")).Is(HttpStatusCode.OK);
        (await workspace.Caller.Get($"/issuers/{workspace.Id}/jwks", ("If-None-Match", first.Headers.ETag!.ToString()))).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("\"d\"", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_opens_no_other_workspace_whatever_is_written_over_it()
    {
        var (here, there) = (await mesh.Workspace(), await mesh.Workspace());
        var (token, theirs) = (await here.Token(await here.Account("operator")), await there.Token(await there.Account("operator")));
        (await there.As(token).Get("/events")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal((await (there with { Id = "there-is-none" }).As(token).Get("/events")).Text, (await there.As(token).Get("/events")).Text);

        var parts = token.Split('.');
        using var stranger = new Signer();
        var claims = Signer.Part(theirs, 1).ToJsonString();
        foreach (var forged in new[]
        {
            $"{parts[0]}.{theirs.Split('.')[1]}.{parts[2]}",
            $"{theirs.Split('.')[0]}.{parts[1]}.{theirs.Split('.')[2]}",
            stranger.Sign($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Kid(theirs)}}"}""", claims),
            stranger.Sign($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Kid(token)}}"}""", claims),
            stranger.Sign($$"""{"alg":"ES256","typ":"at+jwt","jwk":{{stranger.Jwk}}}""", claims),
            $"{Signer.Encoded($$"""{"alg":"none","typ":"at+jwt","kid":"{{Kid(theirs)}}"}""")}.{theirs.Split('.')[1]}.",
            theirs[..^4] + "AAAA",
        })
        {
            (await there.As(forged).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
            (await here.As(forged).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        }
        var client = await there.Account("auditor");
        Assert.Equal("""{"active":false}""", (await there.Ask("introspect", ("token", token), ("client_id", client.Id), ("client_secret", client.Secret))).Is(HttpStatusCode.OK).Text);
        (await there.Ask("revoke", ("token", theirs), ("client_id", client.Id), ("client_secret", client.Secret))).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        (await there.As(theirs).Get("/events")).Is(HttpStatusCode.OK);
    }

    private static string Kid(string token) => Signer.Part(token, 0)["kid"]!.GetValue<string>();

    private static async Task<string[]> Shown(Workspace workspace) =>
        [.. (await workspace.Caller.Get($"/issuers/{workspace.Id}/jwks")).Is(HttpStatusCode.OK).Json["keys"]!.AsArray().Select(k => k!["kid"]!.GetValue<string>())];

    private static async Task Refused(Workspace workspace, (string Id, string Secret) account) =>
        (await Ask(workspace, account.Id, account.Secret)).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");

    private static Task<Answer> Ask(Workspace workspace, string id, string secret) =>
        workspace.AskToken(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));
}
