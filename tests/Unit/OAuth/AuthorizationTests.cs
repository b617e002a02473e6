using EventMesh.Delivery.OAuth;
using EventMesh.Domain.Connections;
using Xunit;
using static EventMesh.Domain.Connections.ConnectionCommand;
using static EventMesh.Domain.Connections.ConnectionEvent;

namespace EventMesh.Tests.Unit.OAuth;

public class AuthorizationTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly string[] Scopes = ["a"];
    private static readonly ConnectionCreated Created = new("crm", "webhook", new(new Uri("https://a.example/"), null, WebhookBody.Cloudevent, null), At);
    private static readonly ConnectionCredentialSet Set = new(new(CredentialKind.Oauth2, Provider: "hubspot"), null, At);
    private static readonly ConnectionAuthorized Authorized = new("hubspot", Scopes, Later, "key_1", At);
    private static readonly Authorize Asked = new("hubspot", Scopes, Later, "key_1", At);
    private static readonly ConnectionNeedsAttention Needs = new(NeedsAttentionBecause.Refused, "invalid_grant", Later);
    private static readonly AskForAttention Ask = new(NeedsAttentionBecause.Refused, "invalid_grant", At, Later);
    private static readonly Scenario<ConnectionCommand, Connection, ConnectionEvent> A = new(Connection.Initial, Connection.Evolve, ConnectionDecider.Decide);

    [Fact]
    public void It_is_active_once_a_person_allowed_it()
    {
        A.After(Created, Set).When(Asked).Happens(Authorized);
        Assert.Equal((CredentialStatus.Active, At), (A.After(Created, Set, Authorized).State.Credential.Status, A.After(Created, Set, Authorized).State.Credential.Since));
        A.After(Created, Set, new ConnectionDisabled(DisabledBecause.Asked, At)).When(Asked).Happens(Authorized);
    }

    [Fact]
    public void It_is_allowed_again_whenever_somebody_does()
    {
        A.After(Created, Set, Authorized).When(Asked with { At = Later }).Happens(Authorized with { At = Later });
        A.After(Created, Set, Authorized, Needs).When(Asked with { At = Later }).Happens(Authorized with { At = Later });
        Assert.Equal(CredentialStatus.Active, A.After(Created, Set, Authorized, Needs, Authorized with { At = Later }).State.Credential.Status);
    }

    [Fact]
    public void What_is_not_to_be_authorized_is_not()
    {
        A.After(Created).When(Asked).Refused("connection.not_oauth2");
        A.After(Created, Set).When(Asked with { Provider = "github" }).Refused("connection.not_oauth2");
        A.After(Created, Set, new ConnectionCredentialRevoked(CredentialRevokedBecause.Asked, Later)).When(Asked).Refused("connection.credential_revoked");
        A.After(Created, Set, new ConnectionDeleted(At)).When(Asked).Refused("connection.missing");
    }

    [Fact]
    public void Attention_is_asked_for_once_and_for_this_authorization_alone()
    {
        A.After(Created, Set, Authorized).When(Ask).HappensOnce(Needs);
        Assert.Equal(CredentialStatus.NeedsAttention, A.After(Created, Set, Authorized, Needs).State.Credential.Status);
        A.After(Created, Set, Authorized, Authorized with { At = Later }).When(Ask).Nothing();
        A.After(Created, Set).When(Ask).Nothing();
        A.After(Created, Set, Authorized, new ConnectionCredentialSet(new(CredentialKind.Bearer), "sec_1", At)).When(Ask).Nothing();
    }

    [Theory]
    [InlineData(0, 24, 30)]
    [InlineData(1, 48, 60)]
    [InlineData(6, 1536, 1920)]
    [InlineData(7, 2880, 3600)]
    [InlineData(1000, 2880, 3600)]
    public void Failures_wait_twice_as_long_each_time_up_to_an_hour(int failures, int least, int most)
    {
        Assert.Equal(TimeSpan.FromSeconds(least), BackOff.After(failures, 0));
        Assert.Equal(TimeSpan.FromSeconds(most), BackOff.After(failures, 1));
    }
}
