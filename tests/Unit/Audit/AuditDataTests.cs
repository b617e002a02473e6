using System.Text.Json;
using EventMesh.Api.Features.Audit;
using Xunit;

namespace EventMesh.Tests.Unit.Audit;

public sealed class AuditDataTests
{
    [Theory]
    [InlineData("api_key_issued", """{"name":"app","sha256":"ab"}""", """{"name":"app"}""")]
    [InlineData("member_added", """{"provider":"idp_1","sealed_subject":"x"}""", """{"provider":"idp_1"}""")]
    [InlineData("source_created", """{"settings":{"name":"s","token_sha256":"ab"}}""", """{"settings":{"name":"s"}}""")]
    [InlineData("service_account_credential_added", """{"credential":{"id":"crd_1","sha256":"ab"}}""", """{"credential":{"id":"crd_1"}}""")]
    [InlineData("connection_created", """{"config":{"headers":{"Authorization":"Bearer x","X-Shop":"7"}}}""", """{"config":{"headers":{"Authorization":"***","X-Shop":"7"}}}""")]
    [InlineData("event_published", """{"sha256":"ab"}""", """{"sha256":"ab"}""")]
    [InlineData("something_else", "[1]", "[1]")]
    public void Digests_of_tokens_sealed_values_and_secret_headers_are_not_shown(string type, string data, string shown) =>
        Assert.Equal(shown, AuditData.Shown(type, JsonElement.Parse(data)).GetRawText());
}
