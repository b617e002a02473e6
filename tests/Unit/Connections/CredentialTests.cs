using EventMesh.Domain.Connections;
using Xunit;
using static EventMesh.Domain.Connections.ConnectionCommand;
using static EventMesh.Domain.Connections.ConnectionEvent;

namespace EventMesh.Tests.Unit.Connections;

public class CredentialTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly WebhookConfig Config = new(new Uri("https://a.example/hook?mode=live&a%20b=1"), new Dictionary<string, string> { ["X-Own"] = "1" }, WebhookBody.Cloudevent, null,
        new("X-Hub-Signature-256"), new Dictionary<string, string> { ["X-Secret"] = "sec_h" });
    private static readonly ConnectionCreated Created = new("crm", "webhook", Config, At);
    private static readonly ConnectionDisabled Disabled = new(DisabledBecause.Asked, At);
    private static readonly Credential Bearer = new(CredentialKind.Bearer);
    private static readonly Credential Key = new(CredentialKind.ApiKey, Header: "X-Api-Key", Prefix: "k ");
    private static readonly ConnectionCredentialSet Set = new(Bearer, "sec_1", At);
    private static readonly ConnectionCredentialRevoked Revoked = new(CredentialRevokedBecause.Asked, Later);
    private static readonly Scenario<ConnectionCommand, Connection, ConnectionEvent> A = new(Connection.Initial, Connection.Evolve, ConnectionDecider.Decide);

    [Fact]
    public void A_connection_begins_without_one() => Assert.Equal(HeldCredential.None, A.After(Created).State.Credential);

    [Fact]
    public void It_is_set_enabled_or_disabled_and_survives_both()
    {
        var held = new HeldCredential(Bearer, "sec_1", CredentialStatus.Active, At);
        A.After(Created).When(new SetCredential(Bearer, "sec_1", At)).Happens(Set);
        A.After(Created, Disabled).When(new SetCredential(Bearer, "sec_1", At)).Happens(Set);
        Assert.Equal(held, A.After(Created, Set, Disabled).State.Credential);
        Assert.Equal(held, A.After(Created, Disabled, Set, new ConnectionEnabled(At), new ConnectionChanged("erp", Config, At)).State.Credential);
    }

    [Fact]
    public void Another_takes_its_place_and_a_revoked_one_is_active_with_the_next()
    {
        Assert.Equal(new HeldCredential(Key, "sec_2", CredentialStatus.Active, Later), A.After(Created, Set, new ConnectionCredentialSet(Key, "sec_2", Later)).State.Credential);
        Assert.Equal(new HeldCredential(Bearer, "sec_2", CredentialStatus.Active, Later), A.After(Created, Set, Revoked, new ConnectionCredentialSet(Bearer, "sec_2", Later)).State.Credential);
    }

    [Fact]
    public void It_is_revoked_once_and_names_no_secret_then()
    {
        A.After(Created, Set).When(new RevokeCredential(CredentialRevokedBecause.Asked, Later)).HappensOnce(Revoked);
        Assert.Equal(new HeldCredential(Bearer, null, CredentialStatus.Revoked, Later, CredentialRevokedBecause.Asked), A.After(Created, Set, Revoked).State.Credential);
        A.After(Created).When(new RevokeCredential(CredentialRevokedBecause.Asked, Later)).Nothing();
    }

    [Fact]
    public void None_ends_a_revoked_one_and_is_nothing_where_there_is_none()
    {
        A.After(Created).When(new SetCredential(Credential.None, null, At)).Nothing();
        A.After(Created, Set, Revoked).When(new SetCredential(Credential.None, null, At)).Happens(new ConnectionCredentialSet(Credential.None, null, At));
        Assert.Equal(CredentialStatus.Active, A.After(Created, Set, Revoked, new ConnectionCredentialSet(Credential.None, null, At)).State.Credential.Status);
    }

    [Fact]
    public void What_a_person_has_to_allow_is_unauthorized_until_then() =>
        Assert.Equal(CredentialStatus.Unauthorized, A.After(Created, new ConnectionCredentialSet(new(CredentialKind.Oauth2, Provider: "github"), null, At)).State.Credential.Status);

    [Theory]
    [InlineData("x-own")]
    [InlineData("X-SECRET")]
    [InlineData("x-hub-signature-256")]
    public void A_header_that_config_fills_is_no_place_for_a_credential(string header)
    {
        var taken = new Credential(CredentialKind.ApiKey, Header: header);
        A.After(Created).When(new SetCredential(taken, "sec_1", At)).Refused("connection.header_taken");
        A.After(Created with { Config = new(Config.Url, null, WebhookBody.Cloudevent, null) }, new ConnectionCredentialSet(taken, "sec_1", At))
            .When(new ChangeConnection(null, Config, At)).Refused("connection.header_taken");
    }

    [Fact]
    public void Whatever_speaks_in_Authorization_needs_it_for_itself()
    {
        var own = Created with { Config = Config with { Headers = new Dictionary<string, string> { ["authorization"] = "x" } } };
        foreach (var kind in new[] { CredentialKind.Basic, CredentialKind.Bearer, CredentialKind.Oauth2ClientCredentials, CredentialKind.Oauth2 })
            A.After(own).When(new SetCredential(new(kind), "sec_1", At)).Refused("connection.header_taken");
    }

    [Theory]
    [InlineData("mode", true)]
    [InlineData("a b", true)]
    [InlineData("Mode", false)]
    [InlineData("live", false)]
    public void A_query_parameter_of_the_URL_is_no_place_for_a_credential(string query, bool taken)
    {
        var key = new Credential(CredentialKind.ApiKey, Query: query);
        if (taken) A.After(Created).When(new SetCredential(key, "sec_1", At)).Refused("connection.query_taken");
        else A.After(Created).When(new SetCredential(key, "sec_1", At)).Happens(new ConnectionCredentialSet(key, "sec_1", At));
    }

    [Fact]
    public void What_is_not_there_has_none()
    {
        A.After().When(new SetCredential(Bearer, "sec_1", At)).Refused("connection.missing");
        A.After(Created, new ConnectionDeleted(At)).When(new RevokeCredential(CredentialRevokedBecause.Asked, At)).Refused("connection.missing");
    }
}
