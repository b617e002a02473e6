using System.Text;
using EventMesh.Delivery.Credentials;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.Secrets;
using EventMesh.Tests.Servers;
using Xunit;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class CredentialTests : IAsyncLifetime
{
    private static readonly Credential Bearer = new(CredentialKind.Bearer);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private Receiver receiver = null!;
    private Mesh mesh = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await Receiver.Start();
        mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/hook"), 3600);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
    }

    public async ValueTask DisposeAsync()
    {
        await mesh.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task After_three_days_without_one_a_delivery_is_a_dead_letter_that_says_why()
    {
        var then = DateTimeOffset.UtcNow - CredentialHold.Lasts;
        await Happened(1, new ConnectionEvent.ConnectionCredentialSet(Bearer, "sec_1", then), new ConnectionEvent.ConnectionCredentialRevoked(CredentialRevokedBecause.Asked, then));
        mesh.Run();
        await EndsWith("1", "credential_revoked", DeadLetteredBecause.CredentialRevoked);
        Assert.Empty(receiver.Arrived);
    }

    [Fact]
    public async Task So_it_is_where_nobody_ever_authorized_the_connection()
    {
        await Happened(1, new ConnectionEvent.ConnectionCredentialSet(new(CredentialKind.Oauth2, Provider: "github"), null, DateTimeOffset.UtcNow - CredentialHold.Lasts));
        mesh.Run();
        await EndsWith("1", "credential_unauthorized", DeadLetteredBecause.CredentialUnauthorized);
        Assert.Empty(receiver.Arrived);
    }

    [Fact]
    public async Task A_value_that_is_not_kept_any_more_is_tried_again_without_a_request()
    {
        await Happened(1, new ConnectionEvent.ConnectionCredentialSet(Bearer, "sec_none", DateTimeOffset.UtcNow));
        mesh.Run();
        var @event = await mesh.Publish("acme", "1");
        await mesh.Delivery<State.Retrying>("acme", Ids.OfDelivery(@event, "rul_1", "con_1"), s => s.Attempts == 1);
        Assert.Empty(receiver.Arrived);
    }

    [Fact]
    public async Task What_stands_in_line_keeps_its_order_while_it_waits_for_one()
    {
        await mesh.OrderedRule("acme", "rul_2", """{"type":"ordered"}""", "data.key", "con_1");
        await Happened(1, new ConnectionEvent.ConnectionCredentialSet(Bearer, "sec_1", DateTimeOffset.UtcNow),
            new ConnectionEvent.ConnectionCredentialRevoked(CredentialRevokedBecause.Asked, DateTimeOffset.UtcNow));
        mesh.Run();
        var ordered = new List<string>();
        for (var n = 0; n < 5; n++) ordered.Add(Ids.OfDelivery(await mesh.Publish("acme", $"o{n}", "ordered", """{"key":"k"}"""), "rul_2", "con_1"));
        await Eventually.True(async () => await Timers() > 0, TimeSpan.FromSeconds(30), "they wait");
        await mesh.Store.For("acme").PutSecret(CredentialValues.NameOf("con_1", "sec_2"), Encoding.UTF8.GetBytes("token"), DateTimeOffset.UtcNow, Stop);
        await Happened(3, new ConnectionEvent.ConnectionCredentialSet(Bearer, "sec_2", DateTimeOffset.UtcNow));
        await mesh.Delivery<State.Delivered>("acme", ordered[^1], s => s.Attempts == 1);
        Assert.Equal(ordered, receiver.Arrived.Select(a => a.WebhookId).Where(ordered.Contains));
        Assert.All(receiver.Arrived, a => Assert.Equal("Bearer token", a.Headers.Authorization.ToString()));
    }

    [Fact]
    public async Task Uses_are_told_with_the_runs_that_made_them()
    {
        await mesh.Store.For("acme").PutSecret(CredentialValues.NameOf("con_1", "sec_1"), Encoding.UTF8.GetBytes("token"), DateTimeOffset.UtcNow, Stop);
        await mesh.Store.For("acme").PutSecret(CredentialValues.NameOfHeader("con_1", "sec_2"), Encoding.UTF8.GetBytes("header"), DateTimeOffset.UtcNow, Stop);
        var config = new WebhookConfig(receiver.Url("/hook"), null, WebhookBody.Cloudevent, null, SecretHeaders: new Dictionary<string, string> { ["X-Key"] = "sec_2" });
        await Happened(1, new ConnectionEvent.ConnectionChanged("con_1", config, DateTimeOffset.UtcNow), new ConnectionEvent.ConnectionCredentialSet(Bearer, "sec_1", DateTimeOffset.UtcNow));
        mesh.Run();
        var delivery = Ids.OfDelivery(await mesh.Publish("acme", "1"), "rul_1", "con_1");
        await mesh.Delivery<State.Delivered>("acme", delivery);
        await mesh.Uses.Tell(Stop);
        var told = (await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme")).Where(u => u.Purpose == SecretPurpose.Credential).OrderBy(u => u.Secret, StringComparer.Ordinal);
        Assert.Equal([("connections/con_1/credential/sec_1", delivery, 1L), ("connections/con_1/headers/sec_2", delivery, 1L)], told.Select(u => (u.Secret, u.Runs.Single(), u.Count)));
        Assert.Equal(("Bearer token", "header"), (receiver.Arrived.Single().Headers.Authorization.ToString(), receiver.Arrived.Single().Headers["X-Key"].ToString()));
    }

    private async Task<long> Timers()
    {
        await using var connection = new Npgsql.NpgsqlConnection(mesh.Database);
        await connection.OpenAsync(Stop);
        await using var command = new Npgsql.NpgsqlCommand("select count(*) from eventmesh.retry_timers", connection);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private async Task EndsWith(string id, string outcome, DeadLetteredBecause reason)
    {
        var @event = await mesh.Publish("acme", id);
        var delivery = Ids.OfDelivery(@event, "rul_1", "con_1");
        await mesh.Delivery<State.DeadLettered>("acme", delivery);
        var happened = (await mesh.Store.For("acme").ReadStream(delivery, Stop)).Events.Select(mesh.Store.Types.Read).ToArray();
        Assert.Equal(outcome, Assert.IsType<DeliveryEvent.DeliveryAttemptFailed>(happened[0]).Attempt.Outcome);
        Assert.Equal(reason, Assert.IsType<DeliveryEvent.DeliveryDeadLettered>(happened[1]).Reason);
    }

    private Task<Position> Happened(long version, params ConnectionEvent[] events) =>
        mesh.Store.For("acme").Append("con_1", "connection", version, events, new EventMetadata(DateTimeOffset.UtcNow, "test"), null, Stop);
}
