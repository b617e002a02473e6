using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Sealing;

public sealed class SealingTests : IAsyncLifetime
{
    public const string One = "one:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    public const string Two = "two:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow);

    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("sealing", masterKeys: Keys(One));
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    public static GivenMasterKeys Keys(string text) => new(text, "the test");

    [Fact]
    public async Task A_payload_is_stored_sealed_and_read_as_it_was_by_every_way_of_reading()
    {
        await Publish("acme", "evt_1", "hello");
        Assert.Equal((1, false), await Stored("acme", "evt_1"));

        var acme = opened.Store.For("acme");
        Assert.Equal("hello"u8.ToArray(), await acme.ReadPayload("evt_1", Day));
        Assert.Equal("hello"u8.ToArray(), (await acme.ReadPayloads([("evt_1", Day)]))["evt_1"]);
        Assert.Equal("hello"u8.ToArray(), (await opened.Store.LoadTogether([new("acme", "evt_1", "evt_1", Day)]))[0].Payload);
        Assert.Equal("hello"u8.ToArray(), (await opened.Store.ReadPayloads([("acme", "evt_1", Day)]))[0].Body);
        Assert.Equal(["evt_1"], await acme.FindPayloads([("evt_1", Day)]));

        // The same by a node that knows no data key yet.
        await using var cold = await Opened.On(opened.Database, masterKeys: Keys(One));
        Assert.Equal("hello"u8.ToArray(), (await cold.Store.LoadTogether([new("acme", "evt_1", "evt_1", Day)]))[0].Payload);
    }

    [Fact]
    public async Task Groups_of_appends_of_several_workspaces_seal_each_with_its_own_key()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Publish($"ws-{i % 6}", $"evt_{i}", $"body {i}")));
        Assert.Equal(60, answers.Length);
        var loads = Enumerable.Range(0, 60).Select(i => new Load($"ws-{i % 6}", $"evt_{i}", $"evt_{i}", Day)).ToList();
        await using var cold = await Opened.On(opened.Database, masterKeys: Keys(One));
        Assert.Equal(loads.Select((_, i) => $"body {i}"), (await cold.Store.LoadTogether(loads)).Select(l => Encoding.UTF8.GetString(l.Payload!)));
        await using var direct = await opened.Connect();
        Assert.Equal(6L, await Opened.Ask(direct, "select count(distinct wrapped) from eventmesh.data_keys where tenant_id like 'ws-%'"));
        Assert.Equal(0L, await Opened.Ask(direct, "select count(*) from eventmesh.payloads where key_number is null"));
    }

    [Fact]
    public async Task Nodes_that_race_for_the_first_data_key_of_a_workspace_end_with_one()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Opened.On(opened.Database, masterKeys: Keys(One))));
        await Task.WhenAll(nodes.SelectMany((node, n) => Enumerable.Range(0, 5).Select(i => node.Store.For("fresh").Append($"e{n}-{i}", "thing", 0, [Opened.Event()], Opened.Now, [new($"e{n}-{i}", Day, null, new byte[] { 9 })]))));
        await using var direct = await opened.Connect();
        Assert.Equal(1L, await Opened.Ask(direct, "select count(*) from eventmesh.data_keys where tenant_id = 'fresh'"));
        foreach (var (node, n) in nodes.Select((node, n) => (node, n)))
            Assert.Equal([9], await nodes[(n + 1) % 4].Store.For("fresh").ReadPayload($"e{n}-0", Day));
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_secret_is_stored_sealed_for_its_name_and_version()
    {
        var acme = opened.Store.For("acme");
        await acme.PutSecret("a", "very secret"u8.ToArray(), Opened.Now.At);
        await acme.PutSecret("b", "another"u8.ToArray(), Opened.Now.At);
        Assert.Equal("very secret"u8.ToArray(), await acme.ReadSecret("a"));
        Assert.Null(await acme.ReadSecret("c"));

        await using var direct = await opened.Connect();
        Assert.Equal(0L, await Opened.Ask(direct, "select count(*) from eventmesh.secrets where position('secret'::bytea in value) > 0 or key_number is null"));
        // Under another name, another version, in another workspace.
        await Opened.Run(direct, "update eventmesh.secrets set value = (select value from eventmesh.secrets where name = 'a') where name = 'b'");
        Assert.Equal("acme", (await Assert.ThrowsAsync<SealBroken>(() => acme.ReadSecret("b"))).Workspace);
        await Opened.Run(direct, "update eventmesh.secrets set version = 2 where name = 'a'");
        await Assert.ThrowsAsync<SealBroken>(() => acme.ReadSecret("a"));
        await Publish("zeta", "evt_1", "x");
        await Opened.Run(direct, "update eventmesh.secrets set version = 1, tenant_id = 'zeta' where name = 'a'");
        await Assert.ThrowsAsync<SealBroken>(() => opened.Store.For("zeta").ReadSecret("a"));
        // Even with the data key of the workspace it came from.
        await Opened.Run(direct, "delete from eventmesh.data_keys where tenant_id = 'zeta'; update eventmesh.data_keys set tenant_id = 'zeta' where tenant_id = 'acme'");
        await using var cold = await Opened.On(opened.Database, masterKeys: Keys(One));
        await Assert.ThrowsAsync<SealBroken>(() => cold.Store.For("zeta").ReadSecret("a"));
    }

    [Fact]
    public async Task A_payload_copied_to_another_workspace_or_id_or_changed_does_not_open_and_stops_nobody_else()
    {
        foreach (var (workspace, id) in new[] { ("acme", "evt_1"), ("acme", "evt_2"), ("zeta", "evt_1"), ("zeta", "evt_3") }) await Publish(workspace, id, $"{workspace} {id}");
        await using var direct = await opened.Connect();
        const string From = "(select body from eventmesh.payloads where tenant_id = 'acme' and id = 'evt_1')";
        await Opened.Run(direct, $"update eventmesh.payloads set body = {From} where (tenant_id, id) in (('acme', 'evt_2'), ('zeta', 'evt_1'))");

        var loaded = await opened.Store.LoadTogether([new("acme", "s", "evt_1", Day), new("acme", "s", "evt_2", Day), new("zeta", "s", "evt_1", Day), new("zeta", "s", "evt_3", Day)]);
        Assert.Equal("acme evt_1"u8.ToArray(), loaded[0].Payload);
        Assert.Contains("evt_2 in workspace acme", loaded[1].Broken!.Message, StringComparison.Ordinal);
        Assert.True(loaded[2] is { Payload: null, Broken: not null });
        Assert.Equal("zeta evt_3"u8.ToArray(), loaded[3].Payload);

        var read = await opened.Store.ReadPayloads([("acme", "evt_1", Day), ("acme", "evt_2", Day)]);
        Assert.Equal((true, "acme"), (read[0].Body is not null, read[1].Broken!.Workspace));
        await Assert.ThrowsAsync<SealBroken>(() => opened.Store.For("zeta").ReadPayload("evt_1", Day));

        // A row that says it is plain is read as it is; one that names a key that there is not is not.
        await Opened.Run(direct, "update eventmesh.payloads set key_number = 5 where tenant_id = 'acme' and id = 'evt_1'");
        await Assert.ThrowsAsync<SealBroken>(() => opened.Store.For("acme").ReadPayload("evt_1", Day));
    }

    [Fact]
    public async Task A_value_of_another_table_is_sealed_for_workspace_and_name()
    {
        var form = await opened.Store.For("acme").Seal("state/1", "hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await opened.Store.For("acme").Unseal("state/1", form));
        await Assert.ThrowsAsync<SealBroken>(async () => await opened.Store.For("acme").Unseal("state/2", form));
        await Assert.ThrowsAsync<SealBroken>(async () => await opened.Store.For("zeta").Unseal("state/1", form));
        await Assert.ThrowsAsync<SealBroken>(async () => await opened.Store.For("acme").Unseal("state/1", "hello"u8.ToArray()));
    }

    [Fact]
    public async Task What_was_stored_before_anything_was_sealed_still_reads()
    {
        await using (var before = await Opened.New("before"))
        {
            await before.Store.For("acme").Append("evt_1", "thing", 0, [Opened.Event()], Opened.Now, [new("evt_1", Day, null, "plain"u8.ToArray())]);
            await before.Store.For("acme").PutSecret("k", "plain"u8.ToArray(), Opened.Now.At);
            await using var after = await Opened.On(before.Database, masterKeys: Keys(One));
            Assert.Equal("plain"u8.ToArray(), await after.Store.For("acme").ReadPayload("evt_1", Day));
            Assert.Equal("plain"u8.ToArray(), await after.Store.For("acme").ReadSecret("k"));
            Assert.Equal("plain"u8.ToArray(), (await after.Store.ReadPayloads([("acme", "evt_1", Day)]))[0].Body);
        }
    }

    [Fact]
    public async Task A_node_whose_master_key_does_not_open_what_is_there_does_not_start()
    {
        Assert.Equal(["one"], await MasterKeyCheck.MasterKeysOf(opened.Database, default));
        var missing = await Assert.ThrowsAsync<MasterKeysRefused>(() => Opened.On(opened.Database, masterKeys: Keys(Two)));
        Assert.Contains("'one'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("EVENTMESH_MASTER_KEY_FILE", missing.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<MasterKeysRefused>(() => Opened.On(opened.Database, masterKeys: Keys("one:" + Two[4..])));
        Assert.Contains("is not the one of this name", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Two[4..], missing.Message + wrong.Message, StringComparison.Ordinal);
        // With another one current and the first one kept it does.
        await (await Opened.On(opened.Database, masterKeys: Keys(Two + "," + One))).DisposeAsync();
    }

    [Fact]
    public async Task A_database_without_data_keys_names_no_master_key()
    {
        Assert.Empty(await MasterKeyCheck.MasterKeysOf(await (await PostgresServer.Shared).CreateDatabase("empty"), default));
        await using var plain = await Opened.New("plain");
        Assert.Empty(await MasterKeyCheck.MasterKeysOf(plain.Database, default));
    }

    [Fact]
    public async Task A_data_key_is_seen_by_its_own_workspace_alone_and_changed_by_none()
    {
        await Publish("acme", "evt_1", "x");
        await Publish("zeta", "evt_1", "x");
        await using var tenant = await opened.Connect("eventmesh_tenant", "acme");
        Assert.Equal("acme", await Opened.Ask(tenant, "select string_agg(tenant_id, ',') from eventmesh.data_keys"));
        foreach (var change in new[] { "update eventmesh.data_keys set wrapped = 'x'", "delete from eventmesh.data_keys", "insert into eventmesh.data_keys values ('zeta', 2, 'one', 'x', now())" })
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Opened.Run(tenant, change))).SqlState);
        await using var writer = await opened.Connect("eventmesh_writer");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Opened.Ask(writer, "select wrapped from eventmesh.data_keys limit 1"));
    }

    private Task<Position> Publish(string workspace, string id, string body) =>
        opened.Store.For(workspace).Append(id, "thing", 0, [Opened.Event()], Opened.Now, [new(id, Day, null, Encoding.UTF8.GetBytes(body))]);

    private async Task<(int? Key, bool Plain)> Stored(string workspace, string id)
    {
        await using var direct = await opened.Connect();
        var key = await Opened.Ask(direct, "select key_number from eventmesh.payloads where tenant_id = $1 and id = $2", workspace, id);
        return ((int?)key, await Opened.Ask(direct, "select position('hello'::bytea in body) > 0 from eventmesh.payloads where tenant_id = $1 and id = $2", workspace, id) is true);
    }
}
