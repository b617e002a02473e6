using EventMesh.Domain.Connections;
using Xunit;
using static EventMesh.Domain.Connections.ConnectionCommand;
using static EventMesh.Domain.Connections.ConnectionEvent;

namespace EventMesh.Tests.Unit.Connections;

public class ConnectionDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly WebhookConfig Config = new(new Uri("https://a.example/hook"), null, WebhookBody.Cloudevent, null);
    private static readonly WebhookConfig Other = Config with { Url = new Uri("https://b.example/hook") };
    private static readonly ConnectionCreated Created = new("crm", "webhook", Config, At);
    private static readonly ConnectionDisabled Disabled = new(DisabledBecause.Gone, At);
    private static readonly ConnectionEnabled Enabled = new(At);
    private static readonly ConnectionDeleted Deleted = new(At);
    private static readonly CreateConnection Create = new("crm", "webhook", Config, At);
    private static readonly DisableConnection Disable = new(DisabledBecause.Gone, At);
    private static readonly EnableConnection Enable = new(At);
    private static readonly DeleteConnection Delete = new(At);
    private static readonly Scenario<ConnectionCommand, Connection, ConnectionEvent> A = new(Connection.Initial, Connection.Evolve, ConnectionDecider.Decide);

    [Fact]
    public void A_connection_is_created_enabled()
    {
        A.After().When(Create).Happens(Created);
        Assert.Equal(new Connection.Enabled("crm", "webhook", Config, At), A.After(Created).State);
    }

    [Fact]
    public void An_id_is_used_once()
    {
        A.After(Created).When(Create).Refused("connection.exists");
        A.After(Created, Disabled).When(Create).Refused("connection.exists");
        A.After(Created, Deleted).When(Create).Refused("connection.exists");
    }

    [Fact]
    public void A_target_that_is_gone_disables_its_connection_once()
    {
        A.After(Created).When(Disable).HappensOnce(Disabled);
        Assert.Equal(new Connection.Disabled("crm", "webhook", Config, At, DisabledBecause.Gone), A.After(Created, Disabled).State);
    }

    [Fact]
    public void The_first_reason_stands() =>
        A.After(Created, Disabled).When(Disable with { Reason = DisabledBecause.Asked }).Nothing();

    [Fact]
    public void A_disabled_connection_is_enabled_once()
    {
        A.After(Created, Disabled).When(Enable).HappensOnce(Enabled);
        Assert.Equal(new Connection.Enabled("crm", "webhook", Config, At), A.After(Created, Disabled, Enabled).State);
    }

    [Fact]
    public void An_enabled_connection_is_enabled_already() => A.After(Created).When(Enable).Nothing();

    [Fact]
    public void It_is_deleted_once_in_whatever_state()
    {
        A.After(Created).When(Delete).HappensOnce(Deleted);
        A.After(Created, Disabled).When(Delete).HappensOnce(Deleted);
    }

    [Fact]
    public void What_was_never_there_cannot_be_changed_disabled_enabled_or_deleted()
    {
        foreach (ConnectionCommand command in new ConnectionCommand[] { new ChangeConnection("x", null, At), Disable, Enable, Delete })
            A.After().When(command).Refused("connection.missing");
    }

    [Fact]
    public void What_was_deleted_cannot_be_changed_disabled_or_enabled()
    {
        foreach (ConnectionCommand command in new ConnectionCommand[] { new ChangeConnection("x", null, At), Disable, Enable })
            A.After(Created, Deleted).When(command).Refused("connection.missing");
    }

    [Fact]
    public void A_change_says_everything_and_leaves_what_was_not_named()
    {
        A.After(Created).When(new ChangeConnection("erp", null, At)).HappensOnce(new ConnectionChanged("erp", Config, At));
        A.After(Created).When(new ChangeConnection(null, Other, At)).HappensOnce(new ConnectionChanged("crm", Other, At));
        A.After(Created, Disabled).When(new ChangeConnection("erp", Other, At)).HappensOnce(new ConnectionChanged("erp", Other, At));
    }

    [Fact]
    public void A_change_does_not_enable_what_was_disabled() => Assert.Equal(
        new Connection.Disabled("erp", "webhook", Other, At, DisabledBecause.Gone), A.After(Created, Disabled, new ConnectionChanged("erp", Other, At)).State);

    [Fact]
    public void A_change_to_what_is_already_so_is_none()
    {
        A.After(Created).When(new ChangeConnection(null, null, At)).Nothing();
        A.After(Created).When(new ChangeConnection("crm", Config with { Url = new Uri("https://a.example/hook") }, At)).Nothing();
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [Create, new ChangeConnection("x", Other, At), new RotateSecret("sec_2", SigningScheme.Hmac, null, 60, At), new SetCredential(new(CredentialKind.Bearer), "sec_3", At),
            new RevokeCredential(CredentialRevokedBecause.Asked, At), new Authorize("github", ["repo"], null, "key_1", At), new AskForAttention(NeedsAttentionBecause.Refused, "invalid_grant", At, At), Disable, Enable, Delete],
        A.After(), A.After(Created), A.After(Created, Disabled), A.After(Created, Deleted));
}
