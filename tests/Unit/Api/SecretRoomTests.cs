using EventMesh.Api.Edge;
using EventMesh.Api.Features.Secrets;
using EventMesh.Domain.Secrets;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public class SecretRoomTests
{
    [Fact]
    public void A_workspace_keeps_as_many_secrets_as_the_limit_says_and_no_more()
    {
        CreateSecret.Room(Secret.SecretsMax - 1);
        Assert.Equal(Problem.LimitReached, Assert.Throws<ProblemException>(() => CreateSecret.Room(Secret.SecretsMax)).Problem);
    }
}
