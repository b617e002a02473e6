using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Integration.Sealing;
using EventMesh.Tests.Servers;
using Xunit;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class DeliveringTests
{
    [Fact]
    public async Task An_event_reaches_each_connection_of_each_matching_rule_once()
    {
        await using var receiver = await Receiver.Start();
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/1"));
        await mesh.Connection("acme", "con_2", receiver.Url("/2"));
        await mesh.Rule("acme", "rul_1", """{"type":["order.*"]}""", "con_1", "con_2", "con_1");
        await mesh.Rule("acme", "rul_2", """{"data":{"total":{"$gte":100}}}""", "con_2");
        await mesh.Rule("acme", "rul_3", """{"type":["invoice.*"]}""", "con_1");

        var @event = await mesh.Publish("acme", "e1", data: """{"total":100}""");

        string[] expected = [Ids.OfDelivery(@event, "rul_1", "con_1"), Ids.OfDelivery(@event, "rul_1", "con_2"), Ids.OfDelivery(@event, "rul_2", "con_2")];
        foreach (var delivery in expected) await mesh.Delivery<State.Delivered>("acme", delivery);
        Assert.Equal(expected.Order(), receiver.Arrived.Select(a => a.WebhookId).Order());
        Assert.Equal(1, receiver.CountOf("/1"));
    }

    [Fact]
    public async Task A_failed_attempt_is_repeated_with_the_same_webhook_id_until_it_succeeds()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, number) => number < 3 ? 503 : 200;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"), 0, 0, 0);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");

        var delivery = Ids.OfDelivery(await mesh.Publish("acme", "e1"), "rul_1", "con_1");

        await mesh.Delivery<State.Delivered>("acme", delivery, d => d.Attempts == 3);
        Assert.Equal([delivery, delivery, delivery], receiver.Arrived.Select(a => a.WebhookId));
    }

    [Fact]
    public async Task The_last_failure_makes_a_dead_letter_and_asking_tries_once_more()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, number) => number < 3 ? 500 : 200;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"), 0);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
        var @event = await mesh.Publish("acme", "e1");
        var delivery = Ids.OfDelivery(@event, "rul_1", "con_1");
        await mesh.Delivery<State.DeadLettered>("acme", delivery, d => d.Attempts == 2);

        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For("acme").Decide<State, DeliveryEvent>(delivery, "delivery", State.Initial, State.Evolve,
            state => DeliveryDecider.Decide(new DeliveryCommand.RetryDelivery(new DeliveryTarget(@event, now, "con_1", "rul_1"), now), state), new EventMetadata(now, "test"));

        await mesh.Delivery<State.Delivered>("acme", delivery, d => d.Attempts == 3);
    }

    [Fact]
    public async Task A_body_that_does_not_open_makes_a_dead_letter_and_is_sent_once_it_is_repaired()
    {
        await using var receiver = await Receiver.Start();
        await using var mesh = await Mesh.Open(masterKeys: SealingTests.Keys(SealingTests.One));
        await mesh.Workspace("acme");
        await mesh.Workspace("zeta");
        foreach (var workspace in new[] { "acme", "zeta" })
        {
            await mesh.Connection(workspace, "con_1", receiver.Url("/" + workspace), 0, 0, 0);
            await mesh.Rule(workspace, "rul_1", "{}", "con_1");
        }
        var (broken, whole) = (await mesh.Publish("acme", "e1"), await mesh.Publish("zeta", "e1"));
        await using var direct = await Direct(mesh.Database);
        const string Spoil = "update eventmesh.payloads set body = set_byte(body, 30, get_byte(body, 30) # 1) where tenant_id = 'acme'";
        await Opened.Run(direct, Spoil);
        mesh.Run();

        var delivery = Ids.OfDelivery(broken, "rul_1", "con_1");
        await mesh.Delivery<State.DeadLettered>("acme", delivery, d => d.Attempts == 1);
        await mesh.Delivery<State.Delivered>("zeta", Ids.OfDelivery(whole, "rul_1", "con_1"));
        Assert.Equal(0, receiver.CountOf("/acme"));

        await Opened.Run(direct, Spoil);
        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For("acme").Decide<State, DeliveryEvent>(delivery, "delivery", State.Initial, State.Evolve,
            state => DeliveryDecider.Decide(new DeliveryCommand.RetryDelivery(new DeliveryTarget(broken, now, "con_1", "rul_1"), now), state), new EventMetadata(now, "test"));
        await mesh.Delivery<State.Delivered>("acme", delivery, d => d.Attempts == 2);

        static async Task<Npgsql.NpgsqlConnection> Direct(string database)
        {
            var connection = new Npgsql.NpgsqlConnection(database);
            await connection.OpenAsync();
            return connection;
        }
    }

    [Fact]
    public async Task A_target_that_is_gone_disables_its_connection_and_later_events_are_discarded()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 410;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"), 0, 0);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");

        await mesh.Delivery<State.DeadLettered>("acme", Ids.OfDelivery(await mesh.Publish("acme", "e1"), "rul_1", "con_1"), d => d.Attempts == 1);
        await Eventually.True(
            async () => (await mesh.Store.For("acme").Fold<Connection, ConnectionEvent>("con_1", Connection.Initial, Connection.Evolve)).State is Connection.Disabled { Reason: DisabledBecause.Gone },
            TimeSpan.FromSeconds(30), "the connection to be disabled");

        await mesh.Delivery<State.Discarded>("acme", Ids.OfDelivery(await mesh.Publish("acme", "e2"), "rul_1", "con_1"));
        Assert.Single(receiver.Arrived);
    }

    [Fact]
    public async Task A_connection_that_hangs_delays_neither_the_others_of_its_workspace_nor_another_workspace()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, _) => path == "/hangs" ? null : 200;
        await using var mesh = (await Mesh.Open(timeout: TimeSpan.FromSeconds(60))).Run();
        foreach (var workspace in new[] { "acme", "bolt" })
        {
            await mesh.Workspace(workspace);
            await mesh.Connection(workspace, "con_runs", receiver.Url("/runs-" + workspace));
            await mesh.Rule(workspace, "rul_runs", "{}", "con_runs");
        }
        await mesh.Connection("acme", "con_hangs", receiver.Url("/hangs"));
        await mesh.Rule("acme", "rul_hangs", "{}", "con_hangs");

        // Far more than the window of a workspace: without setting aside, the hanging connection would hold all of it.
        const int Events = 1_000;
        await Task.WhenAll(Enumerable.Range(0, Events).Select(i => mesh.Publish("acme", $"e{i}")).Append(mesh.Publish("bolt", "e")));

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/runs-acme") == Events && receiver.CountOf("/runs-bolt") == 1), TimeSpan.FromSeconds(40), "every other delivery to arrive");
        // No attempt has ended, so what was sent is what one connection may have under way.
        Assert.InRange(receiver.CountOf("/hangs"), 1, 32);
    }

    [Fact]
    public async Task What_a_crash_repeats_leads_to_no_second_delivery()
    {
        await using var receiver = await Receiver.Start();
        var database = await (await PostgresServer.Shared).CreateDatabase("repeat");
        string[] events;
        await using (var mesh = (await Mesh.Open(database)).Run())
        {
            await mesh.Workspace("acme");
            await mesh.Connection("acme", "con_1", receiver.Url("/"));
            await mesh.Rule("acme", "rul_1", "{}", "con_1");
            events = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => mesh.Publish("acme", $"e{i}")));
            foreach (var @event in events) await mesh.Delivery<State.Delivered>("acme", Ids.OfDelivery(@event, "rul_1", "con_1"));
        }

        await Forget(database);
        await using var again = (await Mesh.Open(database)).Run();
        var last = await again.Publish("acme", "last");
        await again.Delivery<State.Delivered>("acme", Ids.OfDelivery(last, "rul_1", "con_1"));

        Assert.Equal(events.Length + 1, receiver.Arrived.Select(a => a.WebhookId).Distinct().Count());
        foreach (var @event in events) Assert.Equal(2, (await again.Store.For("acme").ReadStream(@event)).Version);
        Assert.Equal(events.Length + 1, receiver.Arrived.Count);
    }

    /// <summary>Sets every checkpoint back to the beginning: the longest crash there can be.</summary>
    private static async Task Forget(string database)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("delete from public.mt_event_progression");
        await command.ExecuteNonQueryAsync();
    }
}
