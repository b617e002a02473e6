using System.Text;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.OAuth;

public class DiscoveryTests
{
    private static readonly Provider Oidc = Providers.Load().Find("oidc")!;
    private static readonly Dictionary<string, string> Values = new() { ["issuer"] = "https://id.example" };
    private const string Whole = """
        {"issuer":"https://id.example","authorization_endpoint":"https://id.example/auth","token_endpoint":"https://id.example/token",
         "revocation_endpoint":"https://id.example/revoke","authorization_response_iss_parameter_supported":true}
        """;

    private static Reached Read(string json, int status = 200) => Discovery.Read(Oidc, Values, new Fetched.Answer(status, "application/json", Encoding.UTF8.GetBytes(json), null));

    [Fact]
    public void The_document_names_the_endpoints()
    {
        var endpoints = Read(Whole).Endpoints!;
        Assert.Equal(("https://id.example/auth", "https://id.example/token", "https://id.example/revoke"), (endpoints.Authorize.OriginalString, endpoints.Token.OriginalString, endpoints.Revoke!.OriginalString));
        Assert.Equal(("https://id.example", true), (endpoints.Issuer, endpoints.IssuerRequired));
        Assert.False(Read(Whole.Replace("true", "false", StringComparison.Ordinal)).Endpoints!.IssuerRequired);
    }

    [Theory]
    [InlineData("\"https://id.example\",", "\"https://evil.example\",", "another issuer")]
    [InlineData("https://id.example/token", "http://id.example/token", "lacks an endpoint")]
    [InlineData("https://id.example/auth", "javascript:alert(1)", "lacks an endpoint")]
    [InlineData("\"token_endpoint\"", "\"other\"", "lacks an endpoint")]
    public void One_that_leads_elsewhere_leads_nowhere(string part, string instead, string trouble)
    {
        var reached = Read(Whole.Replace(part, instead, StringComparison.Ordinal));
        Assert.Null(reached.Endpoints);
        Assert.Contains(trouble, reached.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_trouble()
    {
        Assert.Contains("HTTP 404", Read(Whole, 404).Trouble, StringComparison.Ordinal);
        Assert.Contains("not a JSON object", Read("[]").Trouble, StringComparison.Ordinal);
        Assert.Contains("not a JSON object", Read("<html>").Trouble, StringComparison.Ordinal);
        Assert.Contains("no answer", Discovery.Read(Oidc, Values, new Fetched.Failed("no answer")).Trouble, StringComparison.Ordinal);
    }
}
