using EventMesh.Delivery;
using EventMesh.Domain;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Delivery;

/// <summary>A broker that knows more, and less, than a database that was brought back from a backup.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private KeyedReceiver receiver = null!;
    private Mesh mesh = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await KeyedReceiver.Start();
        mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"), 0);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
    }

    public async ValueTask DisposeAsync()
    {
        await mesh.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_only_the_broker_knows_is_settled_and_does_not_stand_in_the_way_when_it_is_published_again()
    {
        await Restored();
        var @event = Ids.OfEvent("test", "k/0");
        var delivery = Ids.OfDelivery(@event, "rul_1", "con_1");
        // As it was put before the restore: at a position that was given, and at which nothing stands any more.
        var put = mesh.Queues.Put([new Dispatch("acme", delivery, @event, DateTimeOffset.UtcNow, "con_1", "rul_1", 1, "000000000001-000000000001", null, 0)], TestContext.Current.CancellationToken);
        mesh.Run();
        await put.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await mesh.Store.For("acme").ReadStream(delivery, TestContext.Current.CancellationToken)).Version);

        await mesh.Publish("acme", "k/0", data: """{"key":"k","n":0}""");
        await mesh.Delivery<Domain.Deliveries.Delivery.Delivered>("acme", delivery);
        Assert.Equal(1, receiver.Arrivals("k", 0));
    }

    [Fact]
    public async Task What_was_put_before_the_restore_and_is_known_is_delivered()
    {
        var @event = await mesh.Publish("acme", "k/0", data: """{"key":"k","n":0}""");
        await Restored();
        mesh.Run();
        await mesh.Delivery<Domain.Deliveries.Delivery.Delivered>("acme", Ids.OfDelivery(@event, "rul_1", "con_1"));
    }

    [Fact]
    public async Task What_waits_by_the_history_is_put_again_where_queues_outlive_the_node()
    {
        mesh.Go(mesh.Follower.Follow);
        mesh.Go(mesh.NewFanOut().Run);
        mesh.Go(new ProjectionRunner(mesh.Store, DeliveriesProjection.Projection, NullLogger<ProjectionRunner>.Instance).Run);
        var @event = await mesh.Publish("acme", "k/0", data: """{"key":"k","n":0}""");
        await Eventually.True(async () => await Count("select count(*) from eventmesh.deliveries") == 1, Patience, "it to be in the read model");

        await Restored();
        await Reconciled(atBroker: false);
        Assert.Equal(0, await Count("select count(*) from eventmesh.retry_timers"));
        await Restored();
        await Reconciled(atBroker: true);
        Assert.Equal(1, await Count($"select count(*) from eventmesh.retry_timers where delivery_id = '{Ids.OfDelivery(@event, "rul_1", "con_1")}' and due_at <= now()"));
    }

    /// <summary>As ops/scripts/after-restore.sql writes it down.</summary>
    private async Task Restored() => Assert.Equal(1, await Count("with noted as (insert into eventmesh.restores (cut_until) values (pg_current_xact_id()) returning 1) select count(*) from noted"));

    private async Task Reconciled(bool atBroker)
    {
        using var stop = new CancellationTokenSource();
        var running = new LostQueues(mesh.Store, mesh.Queues, mesh.Follower, atBroker, NullLogger<LostQueues>.Instance).Run(stop.Token);
        await Eventually.True(async () => await Count("select count(*) from eventmesh.restores where reconciled_at is null") == 0, Patience, "the queues to be reconciled");
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<long> Count(string sql)
    {
        await using var source = NpgsqlDataSource.Create(mesh.Database);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
