using System.Text.Json.Nodes;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class OperationsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_kind_arrives_once_signed_and_at_its_own_workspace()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, number) => path switch { "/mends" => number <= 5 ? 500 : 200, "/dead" => 500, _ => 200 };
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Workspace("bolt");
        await mesh.OperationalConnection("acme", "con_ops", receiver.Url("/ops"));
        await mesh.OperationalConnection("bolt", "con_ops", receiver.Url("/ops-bolt"));
        await mesh.Connection("acme", "con_mends", receiver.Url("/mends"), 0, 0, 0, 0, 0);
        await mesh.Connection("acme", "con_dead", receiver.Url("/dead"), 0, 0, 0, 0);
        await mesh.Connection("bolt", "con_1", receiver.Url("/"));
        await mesh.Rule("acme", "rul_mends", """{"type":["mends"]}""", "con_mends");
        await mesh.Rule("acme", "rul_dead", """{"type":["dead"]}""", "con_dead");
        // It would match whatever the platform publishes, if rules saw it; and the connection it names, if rules could name such.
        await mesh.Connection("acme", "con_all", receiver.Url("/all"));
        await mesh.Rule("acme", "rul_all", "{}", "con_all", "con_ops");

        var mends = Ids.OfDelivery(await mesh.Publish("acme", "e1", "mends"), "rul_mends", "con_mends");
        var dead = Ids.OfDelivery(await mesh.Publish("acme", "e2", "dead"), "rul_dead", "con_dead");
        await mesh.Delivery<State.Delivered>("acme", mends);
        await mesh.Delivery<State.DeadLettered>("acme", dead);
        await Configure(mesh, "acme", "con_dead", 1);
        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For("acme").Append("lim_1", "limits", 0, [new NewEvent("limit_exceeded", null, """{"limit":"events_per_month"}"""u8.ToArray())], new EventMetadata(now));
        await mesh.Store.For("acme").Append("rpl_1", "replay", 0, [new NewEvent("replay_finished", null, """{"replayed":3}"""u8.ToArray())], new EventMetadata(now));
        await Configure(mesh, "bolt", "con_1", 1);

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/ops") == 8 && receiver.CountOf("/ops-bolt") == 2), Patience, "everything to be told");
        var told = receiver.Arrived.Where(a => a.Path == "/ops").Select(a => (Arrival: a, Json: JsonNode.Parse(a.Text)!)).ToArray();
        string[] expected =
        [
            "connection.disabled con_dead", "connection.enabled con_dead", $"delivery.exhausted {dead}", $"delivery.failing {dead}", $"delivery.failing {mends}", $"delivery.recovered {mends}",
            "limit.exceeded lim_1", "replay.finished rpl_1",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), told.Select(t => $"{t.Json["type"]} {t.Json["subject"]}").Order(StringComparer.Ordinal));
        Assert.All(told, t => Assert.True(t.Arrival.IsSignedWith(Mesh.Secret)));
        Assert.All(told, t => Assert.Equal(("urn:eventmesh:operations", "acme"), (t.Json["source"]!.GetValue<string>(), t.Json["data"]!["workspace"]!.GetValue<string>())));
        Assert.Equal(["connection.disabled", "connection.enabled"], receiver.Arrived.Where(a => a.Path == "/ops-bolt").Select(a => JsonNode.Parse(a.Text)!["type"]!.GetValue<string>()).Order());
        Assert.Equal(2, receiver.CountOf("/all"));
        var failing = told.Single(t => t.Json["type"]!.GetValue<string>() == "delivery.failing" && t.Json["subject"]!.GetValue<string>() == mends).Json["data"]!;
        Assert.Equal((4, "/v1/workspaces/acme/deliveries/" + mends, 500), (failing["failed_attempts"]!.GetValue<int>(), failing["delivery"]!["path"]!.GetValue<string>(), failing["last_attempt"]!["http_status"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Nothing_is_told_about_operational_connections_and_what_is_delivered_to_them()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, _) => path == "/broken" ? 500 : 200;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.OperationalConnection("acme", "con_ops", receiver.Url("/ops"));
        await mesh.OperationalConnection("acme", "con_broken", receiver.Url("/broken"), 0, 0, 0, 0);
        await mesh.Connection("acme", "con_1", receiver.Url("/"));
        await Configure(mesh, "acme", "con_1", 1);

        // What it is told fails five times and becomes a dead letter, twice; then it is disabled itself.
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/broken") == 10), Patience, "the broken one to be tried");
        await Configure(mesh, "acme", "con_broken", 1);
        await Configure(mesh, "acme", "con_1", 3);

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/ops") == 4), Patience, "the last to be told");
        Assert.All(receiver.Arrived.Where(a => a.Path == "/ops"), a => Assert.Equal("con_1", JsonNode.Parse(a.Text)!["subject"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_a_crash_repeats_is_told_once()
    {
        await using var receiver = await Receiver.Start();
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"));
        await mesh.OperationalConnection("acme", "con_ops", receiver.Url("/ops"));
        await Configure(mesh, "acme", "con_1", 1);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/ops") == 2), Patience, "both to be told");

        // The longest crash there can be, and a runner that begins again.
        await One<object>(mesh, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())", asOwner: true);
        await One<object>(mesh, "with forgotten as (delete from public.mt_event_progression where name = 'operations' returning 1) select count(*) from forgotten", asOwner: true);
        await Configure(mesh, "acme", "con_1", 3);

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/ops") == 4), Patience, "the next two to be told");
        Assert.Equal(4L, await One<long>(mesh, Published));
        Assert.Equal(4, receiver.Arrived.Select(a => a.WebhookId).Distinct().Count());
    }

    [Fact]
    public async Task What_happened_before_there_was_anybody_to_tell_is_not_told()
    {
        await using var receiver = await Receiver.Start();
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"));
        await Configure(mesh, "acme", "con_1", 1);
        await Eventually.True(
            async () => await One<long>(mesh, "select count(*) from public.mt_event_progression p where p.name = 'operations' and (p.last_xid, p.last_seq_id) >= (select e.xid, e.seq_id from public.mt_events e order by e.xid desc, e.seq_id desc limit 1)") == 1,
            Patience, "the follower to have passed everything");
        await mesh.OperationalConnection("acme", "con_ops", receiver.Url("/ops"));
        await Configure(mesh, "acme", "con_1", 3);

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/ops") == 2), Patience, "both to be told");
        Assert.Equal(2L, await One<long>(mesh, Published));
    }

    private const string Published = "select count(*) from public.mt_events where type = 'event_published'";

    /// <summary>Disables and enables.</summary>
    private static async Task Configure(Mesh mesh, string workspace, string connection, int version)
    {
        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For(workspace).Append(connection, "connection", version,
            [new ConnectionEvent.ConnectionDisabled(DisabledBecause.Asked, now), new ConnectionEvent.ConnectionEnabled(now)], new EventMetadata(now));
    }

    private static async Task<T> One<T>(Mesh mesh, string sql, bool asOwner = false)
    {
        await using var owner = asOwner ? NpgsqlDataSource.Create(mesh.Database) : null;
        await using var command = (owner ?? mesh.Store.Feed).CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
