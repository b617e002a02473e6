using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public sealed class When_a_token_is_asked_for(RunningMesh mesh)
{
    private static readonly (string, string) Grant = ("grant_type", "client_credentials");

    [Fact]
    public async Task A_workspace_that_there_is_not_answers_like_one_without_such_a_client()
    {
        var workspace = await mesh.Workspace();
        var (account, secret) = await workspace.Account("publisher");
        var (wrong, nobody, nowhere) = (
            await workspace.AskToken(Grant, ("client_id", account), ("client_secret", secret[..^1] + (secret[^1] == 'x' ? 'y' : 'x'))),
            await workspace.AskToken(Grant, ("client_id", "sa_00000000000000000000000000"), ("client_secret", secret)),
            await (workspace with { Id = "there-is-none" }).AskToken(Grant, ("client_id", account), ("client_secret", secret)));
        wrong.IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        Assert.Equal((wrong.Status, wrong.Text), (nobody.Status, nobody.Text));
        Assert.Equal((wrong.Status, wrong.Text), (nowhere.Status, nowhere.Text));
        Assert.Equal(wrong.Headers.Select(h => h.Key).Where(h => h != "Date").Order(), nowhere.Headers.Select(h => h.Key).Where(h => h != "Date").Order());
        (await workspace.Caller.Get("/issuers/there-is-none/.well-known/openid-configuration")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Caller.Get("/issuers/$platform/jwks")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_is_wrong_with_the_request_is_told_as_OAuth_tells_it()
    {
        var workspace = await mesh.Workspace();
        var (account, secret) = await workspace.Account("publisher");
        (string, string)[] me = [("client_id", account), ("client_secret", secret)];
        (await workspace.AskToken(me)).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        (await workspace.AskToken([Grant, Grant, .. me])).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        (await workspace.AskToken([("grant_type", "authorization_code"), .. me])).IsOAuthError(HttpStatusCode.BadRequest, "unsupported_grant_type");
        (await workspace.AskToken([Grant, .. me, ("scope", "publisher operator")])).IsOAuthError(HttpStatusCode.BadRequest, "invalid_scope");
        (await workspace.AskToken([Grant, .. me, ("scope", "everything")])).IsOAuthError(HttpStatusCode.BadRequest, "invalid_scope");
        (await workspace.AskToken([Grant, .. me, ("audience", "https://api.example.com")])).IsOAuthError(HttpStatusCode.BadRequest, "invalid_target");
        (await workspace.AskToken(Grant)).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        (await workspace.AskToken([Grant, .. me, ("client_assertion", "a.b.c")])).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        (await workspace.Ask("token", json)).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        using var large = new ByteArrayContent(new byte[16 * 1024 + 1]) { Headers = { ContentType = new("application/x-www-form-urlencoded") } };
        (await workspace.Ask("token", large)).IsOAuthError(HttpStatusCode.RequestEntityTooLarge, "invalid_request");
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        var basic = (await workspace.Ask("token", form, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:wrong"))))).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        Assert.Equal("Basic", Assert.Single(basic.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task An_assertion_is_good_for_one_time_for_this_issuer_and_for_five_minutes_at_most()
    {
        var workspace = await mesh.Workspace();
        var (account, _) = await workspace.Account("publisher");
        var (other, _) = await workspace.Account("operator");
        using var signer = new Signer();
        (await workspace.Post($"/service-accounts/{account}/credentials", $$"""{"kind":"jwk","jwk":{{signer.Jwk}}}""")).Is(HttpStatusCode.Created);
        var issuer = $"{workspace.Process.Address.GetLeftPart(UriPartial.Authority)}/issuers/{workspace.Id}";
        var good = signer.Assertion(account, issuer + "/token", "1");
        (await Prove(good)).Is(HttpStatusCode.OK);
        foreach (var refused in new[]
        {
            good, signer.Assertion(account, issuer.Replace(workspace.Id, "another"), "2"), signer.Assertion(account, issuer, "3", expiresInSeconds: 400), signer.Assertion(account, issuer, "4", expiresInSeconds: -60),
            signer.Assertion(account, issuer, ""), signer.Assertion(account, issuer, new string('j', 257)), signer.Assertion(other, issuer, "5"), signer.Assertion(account, issuer, "6", subject: other),
        })
            (await Prove(refused)).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        (await Prove(signer.Assertion(account, issuer, new string('j', 256)))).Is(HttpStatusCode.OK);

        Task<Answer> Prove(string assertion) => workspace.AskToken(Grant, ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion));
    }

    [Fact]
    public async Task A_key_is_exchanged_for_a_token_that_may_do_less_and_never_more()
    {
        var workspace = await mesh.Workspace();
        var key = (await workspace.Post("/keys", """{"name":"app"}""")).Is(HttpStatusCode.Created);
        var token = (await workspace.Exchange(key["key"], ("scope", "publisher"))).Is(HttpStatusCode.OK)["access_token"];
        Assert.Equal(key["id"], Signer.Part(token, 1)["sub"]!.GetValue<string>());
        (await workspace.As(token).Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await workspace.As(token).Get("/keys")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        // A token is no key: it cannot be exchanged for one that may do more.
        (await workspace.Exchange(token)).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        (await workspace.Exchange(key["key"], ("client_secret", "s"))).IsOAuthError(HttpStatusCode.BadRequest, "invalid_request");
        (await workspace.Exchange(key["key"], ("client_id", "key_another"))).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        var stranger = await mesh.Workspace();
        (await stranger.Exchange(key["key"])).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");

        (await workspace.Delete("/keys/" + key["id"])).Is(HttpStatusCode.NoContent);
        (await workspace.As(token).Publish(Workspace.Event("2"))).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await workspace.Exchange(key["key"])).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
    }

    [Fact]
    public async Task Who_guesses_a_secret_is_slowed_down_and_its_owner_is_not()
    {
        var workspace = await mesh.Workspace();
        var (account, secret) = await workspace.Account("publisher");
        for (var i = 0; i < 10; i++) (await workspace.AskToken(Grant, ("client_id", account), ("client_secret", $"ems_guess{i}"))).IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client");
        var slowed = (await workspace.AskToken(Grant, ("client_id", account), ("client_secret", "ems_guess"))).IsOAuthError(HttpStatusCode.TooManyRequests, "slow_down");
        Assert.NotNull(slowed.Headers.RetryAfter?.Delta);
        Assert.NotEmpty(await workspace.Token((account, secret)));
    }
}
