using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Two nodes on one database, which is one issuer for each workspace.</summary>
public sealed class When_nodes_share_an_issuer(NodePair nodes) : IClassFixture<NodePair>
{
    private readonly EventMeshProcess one = nodes.One;
    private readonly EventMeshProcess two = nodes.Two;

    [Fact]
    public async Task A_token_of_one_opens_the_other_and_its_revocation_is_known_there_within_a_second()
    {
        var here = await Workspace.New(one);
        var there = here with { Process = two };
        var account = await here.Account("publisher");
        Assert.Equal("https://events.example.com/issuers/" + here.Id, Signer.Part(await here.Token(account), 1)["iss"]!.GetValue<string>());

        var token = await here.Token(account);
        (await there.As(token).Get("/events")).Is(HttpStatusCode.OK);
        (await here.Ask("revoke", ("token", token), ("client_id", account.Id), ("client_secret", account.Secret))).Is(HttpStatusCode.OK);
        await EndsThere(there.As(token));

        // The other node may know neither the account nor the key when its first token comes.
        var young = await here.Account("publisher");
        (await here.Post("/issuer/rotate", """{"overlap_seconds":0}""")).Is(HttpStatusCode.OK);
        token = await here.Token(young);
        (await there.As(token).Get("/events")).Is(HttpStatusCode.OK);
        (await here.Patch("/service-accounts/" + young.Id, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        await EndsThere(there.As(token));

        var key = (await here.Post("/keys", """{"name":"k"}""")).Is(HttpStatusCode.Created);
        token = (await there.Exchange(key["key"])).Is(HttpStatusCode.OK)["access_token"];
        (await there.As(token).Get("/events")).Is(HttpStatusCode.OK);
        (await here.Delete("/keys/" + key["id"])).Is(HttpStatusCode.NoContent);
        await EndsThere(there.As(token));
    }

    [Fact]
    public async Task An_assertion_is_good_for_one_time_on_both_together()
    {
        var here = await Workspace.New(one);
        var (account, _) = await here.Account("publisher");
        using var signer = new Signer();
        (await here.Post($"/service-accounts/{account}/credentials", $$"""{"kind":"jwk","jwk":{{signer.Jwk}}}""")).Is(HttpStatusCode.Created);
        var assertion = signer.Assertion(account, "https://events.example.com/issuers/" + here.Id, "once");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (here with { Process = i % 2 == 0 ? one : two }).AskToken(
            ("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => a.IsOAuthError(HttpStatusCode.Unauthorized, "invalid_client"));
    }

    private static async Task EndsThere(Workspace there)
    {
        var since = Stopwatch.StartNew();
        await Eventually.True(async () =>
        {
            var began = since.Elapsed;
            var status = (await there.Get("/events")).Status;
            // A node that cannot know says that, and lets nobody in.
            Assert.True(status is HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable || began < TimeSpan.FromSeconds(1), $"{(int)status} to a request {began} after it was revoked");
            return status == HttpStatusCode.Unauthorized;
        }, Eventually.Patience, "the other node to refuse the token");
    }
}
