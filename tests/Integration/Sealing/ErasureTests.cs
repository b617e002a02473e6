using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Sealing;

public sealed class ErasureTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"eventmesh-erasure-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_sealed_opens_with_the_key_and_without_it_for_nobody_while_others_are_not_affected()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("erasure");
        await using (var store = await Open(database, folder))
        {
            await Put(store, "acme");
            await Put(store, "other");
        }
        Assert.Equal(["acme.key", "other.key"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(folder), f => Assert.Equal(32, new FileInfo(f).Length));
        // As from a backup, with the master key: what it opens is sealed still.
        var copied = await WrappedKeys(database, "acme");
        var inner = await SealingTests.Keys(SealingTests.One).Unwrap(copied, "acme", 1, TestContext.Current.CancellationToken);
        Assert.NotEqual(32, inner.Length);
        Assert.Equal(32, new ErasureKeys(folder).Unwrap(inner, "acme", 1).Length);
        Assert.Throws<SealBroken>(() => new ErasureKeys(folder).Unwrap(inner, "other", 1));

        await using (var store = await Open(database, folder)) Assert.Equal("secret of acme", await Get(store, "acme"));
        new ErasureKeys(folder).Destroy("acme");
        new ErasureKeys(folder).Destroy("acme");
        Assert.Equal(["other.key"], Directory.GetFiles(folder).Select(Path.GetFileName));
        Assert.Throws<ErasureKeyMissing>(() => new ErasureKeys(folder).Unwrap(inner, "acme", 1));
        await using (var store = await Open(database, folder))
        {
            Assert.Contains(folder, (await Assert.ThrowsAsync<ErasureKeyMissing>(() => Get(store, "acme"))).Message, StringComparison.Ordinal);
            Assert.Equal("secret of other", await Get(store, "other"));
        }
        await using (var store = await Open(database, null))
            Assert.Contains("EVENTMESH_ERASURE_KEYS", (await Assert.ThrowsAsync<ErasureKeyMissing>(() => Get(store, "other"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_make_the_key_at_once_make_one()
    {
        var wrapped = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new ErasureKeys(folder).Wrap(new byte[32], "acme", 1))));
        Assert.All(wrapped, w => Assert.Equal(new byte[32], new ErasureKeys(folder).Unwrap(w, "acme", 1)));
        Assert.Equal(["acme.key"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Keys_of_before_stay_as_they_are_and_the_next_is_wrapped_twice()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("erasure");
        await using (var store = await Open(database, null)) await Put(store, "acme");
        await using (var store = await Open(database, folder))
        {
            Assert.Equal("secret of acme", await Get(store, "acme"));
            Assert.Empty(Directory.GetFiles(folder));
            await store.For("acme").MakeDataKey(2);
            Assert.Equal("secret of acme", await Get(store, "acme"));
        }
        Assert.Equal(["acme.key"], Directory.GetFiles(folder).Select(Path.GetFileName));
        await using var again = await Open(database, folder);
        Assert.Equal("secret of acme", await Get(again, "acme"));
    }

    private static Task<Store> Open(string database, string? folder) => Store.Open(
        new(database, MasterKeys: SealingTests.Keys(SealingTests.One), ErasureKeys: folder is null ? null : new(folder)), EventTypes.Of());

    private static Task Put(Store store, string workspace) => store.For(workspace).PutSecret("k", Encoding.UTF8.GetBytes("secret of " + workspace), Opened.Now.At);

    private static async Task<string> Get(Store store, string workspace) => Encoding.UTF8.GetString((await store.For(workspace).ReadSecret("k"))!);

    private static async Task<WrappedKey> WrappedKeys(string database, string workspace)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select master_key, wrapped from eventmesh.data_keys where tenant_id = $1 and erasure", connection) { Parameters = { new() { Value = workspace } } };
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return new(reader.GetString(0), reader.GetFieldValue<byte[]>(1));
    }
}
