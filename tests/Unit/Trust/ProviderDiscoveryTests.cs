using System.Net;
using EventMesh.Api.Trust;
using EventMesh.Connectors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EventMesh.Tests.Unit.Trust;

public sealed class ProviderDiscoveryTests
{
    private const string Keys = """{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},{"kty":"oct","k":"AA"}]}""";

    [Theory]
    [InlineData("""{"issuer":"ISSUER","jwks_uri":"HOST/keys"}""", Keys, null)]
    [InlineData("""{"issuer":"ISSUER/","jwks_uri":"HOST/keys"}""", Keys, "The discovery document is of another issuer; it must name this one letter by letter")]
    [InlineData("""{"issuer":"https://other.example","jwks_uri":"HOST/keys"}""", Keys, "The discovery document is of another issuer; it must name this one letter by letter")]
    [InlineData("""{"jwks_uri":"HOST/keys"}""", Keys, "The discovery document is of another issuer; it must name this one letter by letter")]
    [InlineData("""{"issuer":"ISSUER"}""", Keys, "The discovery document names no jwks_uri")]
    [InlineData("""{"issuer":"ISSUER","jwks_uri":"/keys"}""", Keys, "The key set: the URL must begin with http:// or https://")]
    [InlineData("""{"issuer":"ISSUER","jwks_uri":"http://10.1.2.3/keys"}""", Keys, "The key set: the address is not public (private)")]
    [InlineData("""{"issuer":"ISSUER","issuer":"ISSUER","jwks_uri":"HOST/keys"}""", Keys, "The discovery document is not a JSON object")]
    [InlineData("<html>", Keys, "The discovery document is not a JSON object")]
    [InlineData("""{"issuer":"ISSUER","jwks_uri":"HOST/keys"}""", "[]", "The key set is not one, or has more than 64 keys")]
    [InlineData("""{"issuer":"ISSUER","jwks_uri":"HOST/nothing"}""", Keys, "The key set: status 404")]
    public async Task Keys_are_those_that_the_issuer_names_for_itself(string document, string keys, string? fault)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(context => context.Request.Path.Value switch
        {
            "/realms/main/.well-known/openid-configuration" => context.Response.WriteAsync(document.Replace("ISSUER", "HOST/realms/main", StringComparison.Ordinal).Replace("HOST", app.Urls.First(), StringComparison.Ordinal)),
            "/keys" => context.Response.WriteAsync(keys),
            _ => Task.FromResult(context.Response.StatusCode = 404),
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new GuardedHttp(new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]));
        var found = await new ProviderDiscovery(http).Ask(app.Urls.First() + "/realms/main", TestContext.Current.CancellationToken);
        Assert.Equal(fault, (found as Discovered.Nothing)?.Fault);
        if (found is Discovered.Found { Keys: var set }) Assert.Equal(["1"], set.Keys.Select(key => key.Kid));
    }

    [Theory]
    [InlineData("https://id.example", "https://id.example/.well-known/openid-configuration")]
    [InlineData("https://id.example/", "https://id.example/.well-known/openid-configuration")]
    [InlineData("https://id.example/realms/main", "https://id.example/realms/main/.well-known/openid-configuration")]
    public void A_provider_describes_itself_behind_its_issuer(string issuer, string address) => Assert.Equal(address, ProviderDiscovery.AddressOf(issuer).AbsoluteUri);
}
