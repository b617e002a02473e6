using System.Text;
using EventMesh.Delivery.Encryption;
using EventMesh.Domain.Encryption;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Sealing;

public sealed class RotationTests : IAsyncLifetime
{
    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource ending = new();
    private string database = null!;
    private Opened opened = null!;

    public async ValueTask InitializeAsync()
    {
        database = await Migrated.Database("rotation");
        opened = await Node(SealingTests.One);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await opened.DisposeAsync();
        ending.Dispose();
    }

    [Fact]
    public async Task A_workspaces_data_key_is_replaced_everything_sealed_anew_and_the_old_one_destroyed()
    {
        await using var another = await Node(SealingTests.One);
        for (var i = 0; i < 450; i++) await Publish(opened, $"evt_{i}", $"body {i}");
        await opened.Store.For("acme").PutSecret("k", "secret"u8.ToArray(), Opened.Now.At);
        await Publish(another, "evt_other", "x");

        await Rotate(2);
        await Eventually.True(async () =>
        {
            var id = $"evt_{Guid.NewGuid():N}";
            await Publish(another, id, "x");
            return await KeyOf(id) == 2;
        }, Soon, "the other node to seal with the new key");

        var worker = Work(opened);
        await Eventually.True(async () => (await opened.Store.For("acme").ReadRotation())?.FinishedAt is not null, Soon, "the rotation to end");
        Assert.False(worker.IsCompleted);
        var progress = (await opened.Store.For("acme").ReadRotation())!;
        Assert.Equal((2, "done", 100), (progress.Number, progress.Phase, progress.Percent));
        Assert.InRange(progress.Done, 452, 500);

        await using var direct = await opened.Connect();
        Assert.Equal(0L, await Opened.Ask(direct, "select (select count(*) from eventmesh.payloads where key_number <> 2) + (select count(*) from eventmesh.secrets where key_number <> 2)"));
        Assert.Equal(true, await Opened.Ask(direct, "select wrapped is null and retired_at is not null from eventmesh.data_keys where tenant_id = 'acme' and number = 1"));
        foreach (var node in new[] { opened, another })
        {
            Assert.Equal("body 7"u8.ToArray(), await node.Store.For("acme").ReadPayload("evt_7", Day));
            Assert.Equal("secret"u8.ToArray(), await node.Store.For("acme").ReadSecret("k"));
        }
        Assert.Equal(["data_key_created", "data_key_rotated", "data_key_retired"], (await opened.Store.For("acme").ReadStream(Store.DataKeyStream)).Events.Select(e => e.Type));
    }

    [Fact]
    public async Task A_worker_that_is_stopped_at_any_step_is_followed_by_one_that_ends_the_rotation()
    {
        for (var i = 0; i < 900; i++) await Publish(opened, $"evt_{i}", $"body {i}");
        await Rotate(2);
        await using var lease = await FeedLease.Acquire(opened.Store, Resealer.LeaseName, default);
        // A whole step and then a crash, again and again; some between telling and destroying.
        var steps = 0;
        while ((await opened.Store.For("acme").ReadRotation())?.Phase is not "sweeping")
        {
            await new Resealing(opened.Store, lease).Step("acme", 2, default);
            Assert.True(++steps < 10_000);
        }
        var told = new DataKeysCommand.RetireDataKey(1, false, Opened.Now.At);
        await opened.Store.For("acme").Decide<DataKeys, DataKeysEvent>(Store.DataKeyStream, Store.DataKeyStream, DataKeys.Initial, DataKeys.Evolve, s => DataKeysDecider.Decide(told, s), Opened.Now);
        await lease.DisposeAsync();

        await using var another = await Node(SealingTests.One);
        _ = Work(another);
        await Eventually.True(async () => (await opened.Store.For("acme").ReadRotation())?.FinishedAt is not null, Soon, "the rotation to end");
        Assert.True(steps >= 5, $"{steps} steps");
        for (var i = 0; i < 900; i += 97) Assert.Equal(Encoding.UTF8.GetBytes($"body {i}"), await opened.Store.For("acme").ReadPayload($"evt_{i}", Day));
        Assert.Equal(3, (await opened.Store.For("acme").ReadStream(Store.DataKeyStream)).Version);
    }

    [Fact]
    public async Task Publishing_and_reading_go_on_while_both_rotations_run()
    {
        using var stop = new CancellationTokenSource();
        await using var first = await Node(SealingTests.One + "," + SealingTests.Two);
        await using var another = await Node(SealingTests.Two + "," + SealingTests.One);
        await opened.Store.For("acme").PutSecret("k", "secret"u8.ToArray(), Opened.Now.At);
        var published = 0;
        var publishing = Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var node = i % 2 == 0 ? first : another;
                await Publish(node, $"evt_{n}_{i}", $"body {n} {i}");
                Assert.Equal(Encoding.UTF8.GetBytes($"body {n} {i}"), (await (i % 3 == 0 ? first : another).Store.LoadTogether([new("acme", "s", $"evt_{n}_{i}", Day)]))[0].Payload);
                Assert.Equal("secret"u8.ToArray(), await node.Store.For("acme").ReadSecret("k"));
                Interlocked.Increment(ref published);
            }
        })).ToArray();
        await Eventually.True(() => Task.FromResult(Volatile.Read(ref published) > 100 || publishing.Any(p => p.IsFaulted)), Soon, "events to be published");

        _ = Work(another);
        await Wrap(another);
        for (var number = 2; number <= 4; number++)
        {
            await Rotate(number);
            await Eventually.True(async () => publishing.Any(p => p.IsFaulted) || (await opened.Store.For("acme").ReadRotation()) is { FinishedAt: not null } done && done.Number == number, Soon, "the rotation to end");
        }
        await Eventually.True(async () => (await opened.Store.CountDataKeys()) is [{ MasterKey: "two" }], Soon, "every data key to be wrapped by the new master key");
        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        await using var direct = await opened.Connect();
        Assert.Equal(0L, await Opened.Ask(direct, "select count(*) from eventmesh.payloads where tenant_id = 'acme' and key_number <> 4"));
    }

    [Fact]
    public async Task What_is_known_of_data_keys_may_be_forgotten_at_any_moment()
    {
        await opened.Store.For("acme").PutSecret("k", "secret"u8.ToArray(), Opened.Now.At);
        await Publish(opened, "evt_1", "body");
        using var stop = new CancellationTokenSource();
        var keys = opened.Store.Seals.Keys!;
        // Of another workspace, too: what is read meanwhile is not kept then.
        var forgetting = Task.Run(() =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++) keys.Forget(n % 2 == 0 ? "acme" : "zeta");
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("secret"u8.ToArray(), await opened.Store.For("acme").ReadSecret("k"));
            Assert.Equal("body"u8.ToArray(), (await opened.Store.LoadTogether([new("acme", "s", "evt_1", Day)]))[0].Payload);
        }
        await stop.CancelAsync();
        await forgetting;
    }

    [Fact]
    public async Task What_is_sealed_with_a_closed_key_is_refused_and_sealed_again_with_the_next()
    {
        await Publish(opened, "evt_1", "x");
        await using var direct = await opened.Connect();
        // As if this node had not looked for a while.
        await opened.Store.For("acme").ReadPayload("evt_1", Day);
        await Rotate(2);
        await opened.Store.For("acme").ReadPayload("evt_1", Day);
        await Opened.Run(direct, "update eventmesh.data_keys set closed_at = now() where number = 1");
        var keys = opened.Store.Seals.Keys!;
        await keys.Read("acme", make: false);
        await Opened.Run(direct, "update eventmesh.data_keys set closed_at = now() where tenant_id = 'acme'");
        await keys.Make("acme", 3, default);

        await Publish(opened, "evt_2", "y");
        await opened.Store.For("acme").PutSecret("k", "secret"u8.ToArray(), Opened.Now.At);
        Assert.Equal(3, await KeyOf("evt_2"));
        Assert.Equal("secret"u8.ToArray(), await opened.Store.For("acme").ReadSecret("k"));
    }

    [Fact]
    public async Task Values_that_other_tables_keep_are_sealed_anew_and_nothing_is_stored_with_a_closed_key()
    {
        await using var direct = await opened.Connect();
        await Opened.Run(direct, """
            create table eventmesh.things (tenant_id varchar not null, id varchar not null, sealed bytea not null, primary key (tenant_id, id));
            grant select, insert on eventmesh.things to eventmesh_tenant;
            select eventmesh.register_sealed('eventmesh.things', $$'things/' || id$$);
            """);
        var acme = opened.Store.For("acme");
        var late = await acme.Seal("things/late", "late"u8.ToArray());
        for (var i = 0; i < 250; i++) await Keep($"{i}", Encoding.UTF8.GetBytes($"value {i}"));
        await Opened.Run(direct, "update eventmesh.things set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where id = '7'");
        _ = Work(opened);
        await Rotate(2);
        await Eventually.True(async () => (await acme.ReadRotation())?.FinishedAt is not null, Soon, "the rotation to end");

        Assert.Equal("7", await Opened.Ask(direct, "select string_agg(id, ',') from eventmesh.things where eventmesh.sealed_number(sealed) <> 2"));
        Assert.Equal("value 11"u8.ToArray(), await acme.Unseal("things/11", (byte[])(await Opened.Ask(direct, "select sealed from eventmesh.things where id = '11'"))!));
        // Its key stays for the one that does not open, until it is repaired or gone.
        Assert.True((await acme.ReadDataKeys())[0] is { Destroyed: false, RetiredAt: not null, ClosedAt: not null });
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Opened.Run(direct, "insert into eventmesh.things values ('acme', 'late', $1)", late));
        Assert.Equal("23E01", refusal.SqlState);

        await Opened.Run(direct, "delete from eventmesh.things where id = '7'");
        await Rotate(3);
        await Eventually.True(async () => (await acme.ReadRotation()) is { Number: 3, FinishedAt: not null }, Soon, "the next rotation to end");
        Assert.Equal([true, true, false], (await acme.ReadDataKeys()).Select(k => k.Destroyed));

        Task Keep(string id, byte[] plain) => acme.StoreSealed("things/" + id, plain, async bytes =>
        {
            await Opened.Run(direct, "insert into eventmesh.things values ('acme', $1, $2)", id, bytes);
            return true;
        });
    }

    [Fact]
    public async Task A_value_that_is_sealed_while_its_key_is_closed_is_sealed_again_with_the_next()
    {
        var acme = opened.Store.For("acme");
        await acme.Seal("x", "x"u8.ToArray());
        await using var direct = await opened.Connect();
        await Opened.Run(direct, """
            create table eventmesh.things (tenant_id varchar not null, id varchar not null, sealed bytea not null, primary key (tenant_id, id));
            select eventmesh.register_sealed('eventmesh.things', $$'things/' || id$$);
            """);
        var tries = 0;
        await acme.StoreSealed("things/1", "one"u8.ToArray(), async bytes =>
        {
            if (tries++ == 0)
            {
                await Rotate(2);
                await Opened.Run(direct, "update eventmesh.data_keys set closed_at = now() where number = 1");
            }
            await Opened.Run(direct, "insert into eventmesh.things values ('acme', '1', $1)", bytes);
            return true;
        });
        Assert.Equal(2, tries);
        Assert.Equal("one"u8.ToArray(), await acme.Unseal("things/1", (byte[])(await Opened.Ask(direct, "select sealed from eventmesh.things"))!));
    }

    [Fact]
    public async Task What_is_plain_from_before_is_sealed()
    {
        var before = await Opened.New("before");
        for (var i = 0; i < 250; i++) await Publish(before, $"evt_{i}", $"body {i}");
        await before.Store.For("zeta").PutSecret("k", "plain"u8.ToArray(), Opened.Now.At);
        await using var after = await Node(SealingTests.One, before.Database);
        _ = Work(after);
        await using var direct = await before.Connect();
        await Eventually.True(async () => await Opened.Ask(direct, "select (select count(*) from eventmesh.payloads where key_number is null) + (select count(*) from eventmesh.secrets where key_number is null)") is 0L,
            Soon, "everything to be sealed");
        Assert.Equal("body 7"u8.ToArray(), await after.Store.For("acme").ReadPayload("evt_7", Day));
        Assert.Equal("plain"u8.ToArray(), await after.Store.For("zeta").ReadSecret("k"));
        await before.DisposeAsync();
    }

    [Fact]
    public async Task A_payload_that_does_not_open_keeps_its_key_and_holds_no_rotation_up()
    {
        await Publish(opened, "evt_1", "x");
        await Publish(opened, "evt_2", "y");
        await using var direct = await opened.Connect();
        await Opened.Run(direct, "update eventmesh.payloads set body = set_byte(body, 30, get_byte(body, 30) # 1) where id = 'evt_1'");
        await opened.Store.For("zeta").Append("evt_9", "thing", 0, [Opened.Event()], Opened.Now, [new("evt_9", Day, null, new byte[] { 9 })]);
        _ = Work(opened);
        await Rotate(2);
        await Rotate(2, "zeta");
        foreach (var workspace in new[] { "acme", "zeta" })
            await Eventually.True(async () => (await opened.Store.For(workspace).ReadRotation())?.FinishedAt is not null, Soon, $"the rotation of {workspace} to end");
        Assert.False((await opened.Store.For("acme").ReadDataKeys())[0].Destroyed);
        Assert.True((await opened.Store.For("zeta").ReadDataKeys())[0].Destroyed);
        Assert.Equal((1, 2), (await KeyOf("evt_1"), await KeyOf("evt_2")));
        Assert.Contains("\"kept\"", Encoding.UTF8.GetString((await opened.Store.For("acme").ReadStream(Store.DataKeyStream)).Events[^1].Data.Span), StringComparison.Ordinal);

        // Repaired from a backup, it is sealed anew by the next rotation, and the key destroyed.
        await Opened.Run(direct, "update eventmesh.payloads set body = set_byte(body, 30, get_byte(body, 30) # 1) where id = 'evt_1'");
        await Rotate(3);
        await Eventually.True(async () => (await opened.Store.For("acme").ReadRotation()) is { Number: 3, FinishedAt: not null }, Soon, "the next rotation to end");
        Assert.Equal("x"u8.ToArray(), await opened.Store.For("acme").ReadPayload("evt_1", Day));
        Assert.Equal([true, true, false], (await opened.Store.For("acme").ReadDataKeys()).Select(k => k.Destroyed));
    }

    private Task<Opened> Node(string masterKeys, string? on = null) => Opened.On(on ?? database, masterKeys: SealingTests.Keys(masterKeys), tells: true);

    private Task Work(Opened node) => new Resealer(node.Store, TimeProvider.System, NullLogger<Resealer>.Instance).Run(ending.Token);

    /// <summary>As the API does it.</summary>
    private async Task Rotate(int number, string workspace = "acme")
    {
        await opened.Store.For(workspace).Decide<DataKeys, DataKeysEvent>(Store.DataKeyStream, Store.DataKeyStream, DataKeys.Initial, DataKeys.Evolve,
            s => DataKeysDecider.Decide(new DataKeysCommand.RotateDataKey(Opened.Now.At), s), Opened.Now);
        await opened.Store.For(workspace).MakeDataKey(number);
    }

    private static Task Wrap(Opened node) => node.Store.For(Workspace.PlatformId).Decide<MasterKey, MasterKeyEvent>(Resealer.MasterKeyStream, Resealer.MasterKeyStream, MasterKey.Initial, MasterKey.Evolve,
        s => MasterKeyDecider.Decide(new MasterKeyCommand.RotateMasterKey(node.Store.MasterKey!, Opened.Now.At), s), Opened.Now);

    private static Task<Position> Publish(Opened node, string id, string body) =>
        node.Store.For("acme").Append(id, "thing", 0, [Opened.Event()], Opened.Now, [new(id, Day, null, Encoding.UTF8.GetBytes(body))]);

    private async Task<int?> KeyOf(string id)
    {
        await using var direct = await opened.Connect();
        return (int?)await Opened.Ask(direct, "select key_number from eventmesh.payloads where id = $1", id);
    }
}
