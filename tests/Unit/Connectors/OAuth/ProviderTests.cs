using System.Text;
using EventMesh.Connectors.OAuth;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.OAuth;

/// <summary>What each provider is sent, held to a file that was compared with its documentation by hand.</summary>
public class ProviderTests
{
    private const string Folder = "tests/Unit/Connectors/OAuth/approved/";
    private static readonly Uri Redirect = new("https://mesh.example/oauth/callback");
    private static readonly OAuthClient Client = new("client-1", "s3cret/+ ü");
    private static readonly Providers Known = Providers.Load();
    private static readonly Dictionary<string, string> Given = new() { ["shop"] = "acme.myshopify.com", ["issuer"] = "https://id.example" };

    public static TheoryData<string> Ids => [.. Known.All.Select(p => p.Id)];

    [Fact]
    public void The_first_ten_are_there() => Assert.Equal(
        ["github", "google", "hubspot", "mailchimp", "microsoft", "oidc", "salesforce", "shopify", "slack", "stripe"], Known.All.Select(p => p.Id));

    [Theory, MemberData(nameof(Ids))]
    public async Task What_a_provider_is_sent_is_approved(string id)
    {
        var provider = Known.Find(id)!;
        var values = provider.Parameters.ToDictionary(p => p.Key, p => p.Value.Default ?? Given[p.Key]);
        // What discovery would say.
        var endpoints = provider.Discovery is null
            ? Endpoints.Of(provider, values)
            : new(new("https://id.example/auth"), new("https://id.example/token"), new("https://id.example/revoke"), values["issuer"], true, values);
        var verifier = provider.Pkce ? Pkce.Verifier(new byte[Pkce.VerifierBytes]) : null;
        var tokens = new TokenSet("access-1", "refresh-1", null, null, [], new Dictionary<string, string> { ["stripe_user_id"] = "acct_1" });
        var text = new StringBuilder();
        text.Append("AUTHORIZE\n").Append(AuthorizeUrl.Of(provider, endpoints, Client, Redirect, "state-1", provider.Scopes.Default, verifier).AbsoluteUri.Replace("&", "\n  &", StringComparison.Ordinal)).Append('\n');
        await Say("EXCHANGE", TokenRequest.Exchange(provider, endpoints, Client, "code-1", Redirect, verifier));
        await Say("REFRESH", TokenRequest.Refresh(provider, endpoints, Client, "refresh-1"));
        await Say("REVOKE", TokenRequest.Revoke(provider, endpoints, Client, tokens));
        text.Append($"\nTO THE TARGET\n{provider.Placement.Header}: {Template.Fill(provider.Placement.Format, _ => "access-1")}\n");

        var approved = Folder + id + ".approved.txt";
        if (File.Exists(Repository.Path(approved)) && Repository.Read(approved) == text.ToString()) return;
        File.WriteAllText(Repository.Path(Folder + id + ".received.txt"), text.ToString());
        Assert.Fail($"{id} is sent something else than approved: compare {id}.received.txt with the provider's documentation, and move it over {approved}.");

        async Task Say(string what, HttpRequestMessage? request)
        {
            text.Append($"\n{what}\n");
            if (request is null)
            {
                text.Append("nothing\n");
                return;
            }
            text.Append($"{request.Method} {request.RequestUri!.AbsoluteUri}\n");
            foreach (var (name, headers) in request.Headers.OrderBy(h => h.Key, StringComparer.Ordinal)) text.Append($"{name}: {string.Join(", ", headers)}\n");
            if (request.Content is not { } content) return;
            text.Append($"Content-Type: {content.Headers.ContentType}\n{(await content.ReadAsStringAsync()).Replace("&", "\n  &", StringComparison.Ordinal)}\n");
            request.Dispose();
        }
    }

    [Fact]
    public void A_parameter_that_could_lead_elsewhere_does_not_match()
    {
        foreach (var (id, name, value) in new[]
        {
            ("shopify", "shop", "evil.example/x.myshopify.com"), ("shopify", "shop", "a.myshopify.com.evil.example"), ("shopify", "shop", "a.myshopify.com\n"),
            ("salesforce", "domain", "login.salesforce.com@evil.example"), ("salesforce", "domain", "evil.example#.my.salesforce.com"),
            ("microsoft", "tenant", "../../evil"), ("oidc", "issuer", "http://id.example"), ("oidc", "issuer", "https://a@id.example"), ("oidc", "issuer", "https://id.example?x"),
        })
            Assert.False(Template.Matches(Known.Find(id)!.Parameters[name].Pattern, value), $"{id} takes {value}");
    }

    [Fact]
    public void The_challenge_is_that_of_RFC_7636() =>
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Pkce.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
}
