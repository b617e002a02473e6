using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.ServiceAccounts;
using EventMesh.Api.Jose;
using EventMesh.Domain.Identity;
using Xunit;

namespace EventMesh.Tests.Unit.Identity;

public class NewCredentialTests
{
    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Public(Es256Key key)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json)) key.Public.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }

    private static ProblemException Refused(string kind, string? jwk)
    {
        var checks = new Checks();
        NewCredential.Of(kind, jwk is null ? null : Json(jwk), checks);
        return Assert.Throws<ProblemException>(checks.Done);
    }

    [Fact]
    public void A_secret_is_made_and_only_its_digest_kept()
    {
        var checks = new Checks();
        var made = NewCredential.Of("secret", null, checks);
        checks.Done();
        Assert.Matches("^ems_[0-9A-Za-z]{32}$", made.Secret);
        Assert.Equal(Tokens.Sha256(made.Secret!), made.Sha256);
        Assert.DoesNotContain(made.Secret!, made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_is_kept_under_its_thumbprint_when_it_has_no_name()
    {
        using var key = Es256Key.Create();
        var checks = new Checks();
        var nameless = Public(key).Replace($"\"kid\":\"{key.Kid}\",", "", StringComparison.Ordinal);
        var made = NewCredential.Of("jwk", Json(nameless), checks);
        checks.Done();
        Assert.Equal((ClientCredentialKind.Jwk, key.Kid), (made.Kind, made.Kid));
        Assert.Contains($"\"kid\":\"{key.Kid}\"", made.Jwk, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_is_refused_whatever_else_it_has()
    {
        using var key = Es256Key.Create();
        Assert.Contains("private key", Refused("jwk", Public(key).Replace("{", "{\"d\":\"AA\",", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
        Assert.Contains("private key", Refused("jwk", """{"kty":"oct","k":"AAAA"}""").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", null)]
    [InlineData("jwk", null)]
    [InlineData("secret", "{}")]
    [InlineData("jwk", """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""")]
    [InlineData("jwk", """[]""")]
    public void What_is_no_credential_is_refused(string kind, string? jwk) => Assert.NotEmpty(Refused(kind, jwk).Errors);

    [Fact]
    public void A_key_for_encryption_is_refused()
    {
        using var key = Es256Key.Create();
        Assert.Contains("not for verifying", Refused("jwk", Public(key).Replace("\"use\":\"sig\"", "\"use\":\"enc\"", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }
}
