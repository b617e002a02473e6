using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public class SecretHeaderNameTests
{
    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("Cookie", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("api-key", true)]
    [InlineData("X-GITLAB-TOKEN", true)]
    [InlineData("X-Client-Secret", true)]
    [InlineData("X-Password", true)]
    [InlineData("X-Signature", true)]
    [InlineData("X-Session-Id", true)]
    [InlineData("X-Auth", true)]
    [InlineData("X-Team", false)]
    [InlineData("Accept", false)]
    [InlineData("", false)]
    public void A_name_tells(string name, bool secret) => Assert.Equal(secret, SecretHeaderNames.Contain(name));
}
