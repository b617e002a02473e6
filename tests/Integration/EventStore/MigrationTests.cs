using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Migrations;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class MigrationTests
{
    private static readonly IReadOnlyList<Migration> Steps = Migration.In(typeof(Store).Assembly, "event-store");

    [Fact]
    public async Task Applied_twice_they_change_nothing()
    {
        await using var opened = await Opened.New("migrations");
        await opened.Append("acme", "s", 0, Opened.Event());

        await Migrator.Apply(opened.Database, Steps, default);

        await using var direct = await opened.Connect();
        Assert.Equal((long)Steps.Count, await Opened.Ask(direct, "select count(*) from eventmesh.migrations"));
        Assert.Single(await opened.Feed());
    }

    [Fact]
    public async Task Several_nodes_and_several_databases_of_one_server_migrate_at_the_same_time()
    {
        // A server of its own: the roles are not there yet.
        await using var server = await PostgresServer.Start();
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => server.CreateDatabase($"d{i}")));

        var stores = await Task.WhenAll(databases.Concat(databases).Concat(databases).Select(d => Task.Run(() => Store.Open(new StoreOptions(d), EventTypes.Of()))));

        foreach (var (store, n) in stores.Select((s, n) => (s, n)))
        {
            await store.For("acme").Append($"s{n}", "thing", 0, [Opened.Event()], Opened.Now);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_user_who_owns_the_database_and_may_create_roles_is_enough()
    {
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase("owned");
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        await using (var administrator = new NpgsqlConnection(database))
        {
            await administrator.OpenAsync();
            await Opened.Run(administrator, $"create role app login createrole password 'app'; alter database \"{name}\" owner to app");
        }
        var asApp = new NpgsqlConnectionStringBuilder(database) { Username = "app", Password = "app" }.ConnectionString;

        await using (var store = await Store.Open(new StoreOptions(asApp), EventTypes.Of()))
        {
            var day = DateOnly.FromDateTime(DateTime.UtcNow);
            await store.For("acme").Append("s", "thing", 0, Opened.Events(2), Opened.Now, [new("p", day, null, new byte[] { 7 })]);
            await store.For("acme").PutSecret("k", new byte[] { 1 }, Opened.Now.At);
            Assert.Equal(2, (await store.For("acme").ReadStream("s")).Version);
            Assert.Equal("\a"u8.ToArray(), await store.For("acme").ReadPayload("p", day));
            await Eventually.True(async () => (await ReadFeedVerb.ReadFeed(store, Position.Start, 10)).Events.Count == 2, TimeSpan.FromSeconds(60), "the feed to have both events");
        }
        // A second start, with events in it.
        await (await Store.Open(new StoreOptions(asApp), EventTypes.Of())).DisposeAsync();
        await RefusesRewoundTransactions(server, asApp);
    }

    /// <summary>Where a logical dump brings events of transactions that this server has not reached; the owner, whom row-level security hides them from, finds out too.</summary>
    private static async Task RefusesRewoundTransactions(PostgresServer server, string asApp)
    {
        await using (var administrator = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = new NpgsqlConnectionStringBuilder(asApp).Database }.ConnectionString))
        {
            await administrator.OpenAsync();
            await Opened.Run(administrator, "alter table mt_events disable trigger keep_order");
            await Opened.Run(administrator, "insert into mt_events (id, stream_id, version, data, type, tenant_id, xid) values (gen_random_uuid(), 'old', 1, '{}', 't', 'acme', '4000000000')");
        }
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Store.Open(new StoreOptions(asApp), EventTypes.Of()));
        Assert.Contains("logical dump", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_and_is_tried_again_at_the_next_start()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("failing");
        Migration Step(string sql) => new("mine", 1, "one", sql);
        await Assert.ThrowsAsync<PostgresException>(() => Migrator.Apply(database, [.. Steps, Step("create table mine (id int); select 1/0")], default));

        await Migrator.Apply(database, [.. Steps, Step("create table mine (id int)")], default);

        await using var direct = new NpgsqlConnection(database);
        await direct.OpenAsync();
        Assert.Equal(1L, await Opened.Ask(direct, "select count(*) from eventmesh.migrations where component = 'mine'"));
    }

    [Fact]
    public async Task Partitions_of_payloads_are_made_ahead_and_made_again_when_called_again()
    {
        await using var opened = await Opened.New("partitions");
        await using var direct = await opened.Connect();
        async Task<long> Days() => (long)(await Opened.Ask(direct, "select count(*) from pg_inherits where inhparent = 'eventmesh.payloads'::regclass"))!;
        var made = await Days();
        Assert.True(made >= 15, $"{made} partitions");

        await Opened.Run(direct, $"drop table eventmesh.payloads_{DateTime.UtcNow.AddDays(3):yyyyMMdd}");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PayloadPartitions.Ensure(opened.Database, default)));
        Assert.Equal(made, await Days());
    }

    [Fact]
    public async Task A_payload_of_a_day_without_a_partition_is_kept_all_the_same()
    {
        await using var opened = await Opened.New("days");
        var day = DateOnly.FromDateTime(DateTime.UtcNow).AddYears(1);
        await opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event()], Opened.Now, [new("p", day, null, new byte[] { 7 })]);
        Assert.Equal("\a"u8.ToArray(), await opened.Store.For("acme").ReadPayload("p", day));
    }
}
