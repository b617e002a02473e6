using EventMesh.Api.Edge;
using EventMesh.Api.Features.Connections;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public class CredentialFieldsTests
{
    private static readonly Providers AllProviders = Providers.Load();
    private static readonly CredentialFields Key = new("api_key", Header: "X-Key", Value: "v");
    private static readonly CredentialFields InQuery = new("api_key", Query: "key", Value: "v");
    private static readonly CredentialFields Basic = new("basic", Username: "u", Password: "p");
    private static readonly CredentialFields Client = new("oauth2_client_credentials", TokenUrl: "https://id.example/token", ClientId: "c", ClientSecret: "s");

    public static readonly TheoryData<string, int, Func<int, object>> Limits = new()
    {
        { "header", HeaderRules.NameCharsMax, n => Key with { Header = new('h', n) } },
        { "query", CredentialLimits.NameCharsMax, n => InQuery with { Query = new('q', n) } },
        { "prefix", CredentialLimits.PrefixCharsMax, n => Key with { Prefix = new('p', n) } },
        { "value", CredentialLimits.SecretCharsMax, n => Key with { Value = new('v', n) } },
        { "username", CredentialLimits.UsernameCharsMax, n => Basic with { Username = new('u', n) } },
        { "password", CredentialLimits.SecretCharsMax, n => Basic with { Password = new('p', n) } },
        { "token", CredentialLimits.SecretCharsMax, n => new CredentialFields("bearer", Token: new('t', n)) },
        { "token_url", AddressGuard.UrlCharsMax, n => Client with { TokenUrl = "https://id.example/" + new string('a', n - 19) } },
        { "client_id", CredentialLimits.ClientIdCharsMax, n => Client with { ClientId = new('c', n) } },
        { "client_secret", CredentialLimits.SecretCharsMax, n => Client with { ClientSecret = new('s', n) } },
        { "scopes", CredentialLimits.ScopesMax, n => Client with { Scopes = [.. Enumerable.Repeat("s", n)] } },
        { "scopes[0]", CredentialLimits.ScopeCharsMax, n => Client with { Scopes = [new('s', n)] } },
        { "audience", CredentialLimits.AudienceCharsMax, n => Client with { Audience = new('a', n) } },
        { "resource", AddressGuard.UrlCharsMax, n => Client with { Resource = "urn:" + new string('a', n - 4) } },
        { "parameters", CredentialLimits.ParametersMax, n => Client with { Parameters = Enumerable.Range(0, n).ToDictionary(i => $"p{i}", _ => (string?)"v") } },
        { "parameters.p", CredentialLimits.ParameterCharsMax, n => Client with { Parameters = new Dictionary<string, string?> { ["p"] = new('v', n) } } },
        { "parameters." + new string('p', 64) + "…", CredentialLimits.NameCharsMax, n => Client with { Parameters = new Dictionary<string, string?> { [new('p', n)] = "v" } } },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Each_member_has_a_limit(string member, int most, Func<int, object> with)
    {
        Assert.Empty(WrongWith((CredentialFields)with(most)));
        Assert.Equal([member], WrongWith((CredentialFields)with(most + 1)).Select(e => e.Field));
    }

    [Fact]
    public void Everything_that_is_wrong_is_named_at_once() => Assert.Equal(
        ["provider", "token_url", "client_id", "client_authentication", "client_secret"],
        WrongWith(new("oauth2_client_credentials", ClientAuthentication: "none", Provider: "x")).Select(e => e.Field).OrderBy(f => Array.IndexOf(Order, f)));

    private static readonly string[] Order = ["provider", "token_url", "client_id", "client_authentication", "client_secret"];

    [Fact]
    public void It_is_printed_without_its_secret_part()
    {
        Assert.DoesNotContain("canary", $"{Key with { Value = "canary" }}", StringComparison.Ordinal);
        Assert.DoesNotContain("canary", $"{(Key with { Value = "canary" }).Validated(new AddressGuard([]), AllProviders, new Checks(), "")}", StringComparison.Ordinal);
        Assert.DoesNotContain("canary", $"{new ConnectionFields("n", "webhook", null, Secret: "canary", Credential: Key with { Value = "canary" })}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", null, null, "provider", "is not known; there are github, google")]
    [InlineData("shopify", null, null, "parameters.shop", "is required")]
    [InlineData("shopify", "shop", "example.com", "parameters.shop", "is not such as Shopify has")]
    [InlineData("microsoft", "tenat", "common", "parameters.tenat", "is no parameter of Microsoft, which has tenant")]
    [InlineData("slack", "shop", "x", "parameters.shop", "is no parameter of Slack")]
    public void A_provider_is_one_that_there_is_and_its_parameters_fit(string provider, string? name, string? value, string member, string reason)
    {
        var wrong = Assert.Single(WrongWith(new("oauth2", Provider: provider, Parameters: name is null ? null : new Dictionary<string, string?> { [name] = value })));
        Assert.Equal(member, wrong.Field);
        Assert.StartsWith(reason, wrong.Reason, StringComparison.Ordinal);
        Assert.Empty(WrongWith(new("oauth2", Provider: "shopify", Parameters: new Dictionary<string, string?> { ["shop"] = "example.myshopify.com" })));
    }

    private static IReadOnlyList<FieldError> WrongWith(CredentialFields fields)
    {
        var checks = new Checks();
        fields.Validated(new AddressGuard([]), AllProviders, checks, "");
        return Record.Exception(checks.Done) is ProblemException problem ? problem.Errors : [];
    }
}
