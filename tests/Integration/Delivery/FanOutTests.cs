using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class FanOutTests
{
    [Fact]
    public async Task An_event_meets_exactly_the_rules_that_stood_before_it()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", new Uri("http://127.0.0.1:9/"));
        var before = await mesh.Publish("acme", "before");
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
        var after = await mesh.Publish("acme", "after");

        mesh.Go(mesh.NewFanOut().Run);

        await Routed(mesh, after);
        Assert.Equal(1, (await mesh.Store.For("acme").ReadStream(before)).Version);
    }

    [Fact]
    public async Task Another_runner_goes_on_when_the_one_that_holds_the_lease_loses_its_session()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", new Uri("http://127.0.0.1:9/"));
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
        mesh.Go(mesh.NewFanOut().Run);
        mesh.Go(mesh.NewFanOut().Run);
        for (var round = 0; round < 5; round++)
        {
            await Routed(mesh, await mesh.Publish("acme", $"e{round}"));
            await EndHolders(mesh.Database);
        }
        await Routed(mesh, await mesh.Publish("acme", "last"));
    }

    [Fact]
    public async Task What_cannot_be_read_in_one_workspace_stops_no_other()
    {
        await using var mesh = await Mesh.Open();
        foreach (var workspace in new[] { "acme", "bolt" })
        {
            await mesh.Workspace(workspace);
            await mesh.Connection(workspace, "con_1", new Uri("http://127.0.0.1:9/"));
            await mesh.Rule(workspace, "rul_1", """{"data":{"a":1}}""", "con_1");
        }
        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For("acme").Append("rul_2", "rule", 0, [new NewEvent("rule_created", null, """{"name":"x","filter":{"$nonsense":1}}"""u8.ToArray())], new EventMetadata(now));
        await mesh.Store.For("acme").Append("evt_x", "published_event", 0, [new NewEvent("event_published", null, "[1]"u8.ToArray())], new EventMetadata(now));

        mesh.Go(mesh.NewFanOut().Run);

        await Routed(mesh, await mesh.Publish("bolt", "e1", data: """{"a":1}"""), "bolt");
        await Routed(mesh, await mesh.Publish("acme", "e1", data: """{"a":1}"""));
    }

    private static Task Routed(Mesh mesh, string @event, string workspace = "acme") =>
        Eventually.True(async () => (await mesh.Store.For(workspace).ReadStream(@event)).Events.Any(e => e.Type == "event_routed"), TimeSpan.FromSeconds(30), $"{@event} to be routed");

    private static async Task EndHolders(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and l.granted and a.datname = current_database()");
        await command.ExecuteNonQueryAsync();
    }
}
