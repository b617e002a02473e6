using System.Text;
using EventMesh.EventStore.Reading;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class SecretVersionsTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset At = Opened.Now.At;
    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("secrets");

    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task Versions_are_numbered_by_name_and_workspace_and_each_is_read_by_its_number()
    {
        Assert.Equal((1, 2, 1, 1), (await Put("acme", "a", "one"), await Put("acme", "a", "two"), await Put("acme", "b", "three"), await Put("other", "a", "four")));
        Assert.Equal(("one", "two", "two", "four", null), (await Read("acme", "a", 1), await Read("acme", "a", 2), await Read("acme", "a"), await Read("other", "a"), await Read("acme", "a", 3)));
    }

    [Fact]
    public async Task Of_many_that_write_at_once_each_gets_a_number_of_its_own()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Put("acme", "busy", $"{i}")));
        Assert.Equal(Enumerable.Range(1, 8), numbers.Order());
    }

    [Fact]
    public async Task What_is_destroyed_is_gone_and_that_it_was_stays()
    {
        await Put("acme", "a", "one");
        await Put("acme", "a", "two");
        Assert.Equal(1, await opened.Store.For("acme").DestroySecrets([("a", 2), ("a", 7), ("none", 1)], At.AddHours(1), Stop));
        Assert.Equal(0, await opened.Store.For("acme").DestroySecrets([("a", 2)], At.AddHours(2), Stop));
        Assert.Equal((null, "one"), (await Read("acme", "a", 2), await Read("acme", "a")));
        var kept = await opened.Store.For("acme").ReadSecretVersions("a", Stop);
        Assert.Equal([(1, null), (2, (DateTimeOffset?)At.AddHours(1))], kept.Select(k => (k.Version, k.DestroyedAt)));
        await using var direct = await opened.Connect();
        Assert.Equal(1L, await Opened.Ask(direct, "select count(*) from eventmesh.secrets where name = 'a' and version = 2 and value is null"));
        // Its number is never another's.
        Assert.Equal(3, await Put("acme", "a", "three"));
    }

    [Fact]
    public async Task A_workspace_destroys_and_marks_its_own_and_no_other_s()
    {
        await Put("acme", "a", "one");
        Assert.Equal(0, await opened.Store.For("other").DestroySecrets([("a", 1)], At, Stop));
        await opened.Store.SecretsUsed([("other", "a", 1, At)], Stop);
        var kept = Assert.Single(await opened.Store.For("acme").ReadSecretVersions("a", Stop));
        Assert.Equal((null, null), (kept.DestroyedAt, kept.LastUsedAt));
        Assert.Empty(await opened.Store.For("other").ReadSecretVersions("a", Stop));
        // Nor without the function.
        await using var tenant = await opened.Connect("eventmesh_tenant", "other");
        Assert.Equal(0L, await Opened.Ask(tenant, "select count(*) from eventmesh.secrets where name = 'a'"));
        foreach (var change in new[] { "update eventmesh.secrets set value = null", "update eventmesh.secrets set last_used_at = now()", "delete from eventmesh.secrets" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(tenant, change))).SqlState);
    }

    [Fact]
    public async Task The_last_use_is_the_latest_whoever_tells_it_last()
    {
        await Put("acme", "a", "one");
        await Put("other", "a", "one");
        await opened.Store.SecretsUsed([("acme", "a", 1, At.AddMinutes(2)), ("acme", "a", 1, At.AddMinutes(1)), ("other", "a", 1, At.AddMinutes(3))], Stop);
        await opened.Store.SecretsUsed([("acme", "a", 1, At)], Stop);
        Assert.Equal(At.AddMinutes(2), Assert.Single(await opened.Store.For("acme").ReadSecretVersions("a", Stop)).LastUsedAt);
        Assert.Equal(At.AddMinutes(3), Assert.Single(await opened.Store.For("other").ReadSecretVersions("a", Stop)).LastUsedAt);
    }

    [Fact]
    public async Task What_is_kept_is_listed_over_all_workspaces_page_by_page_without_what_is_destroyed()
    {
        foreach (var (workspace, name) in new[] { ("acme", "a"), ("acme", "a"), ("acme", "b"), ("other", "a") }) await Put(workspace, name, "x");
        await opened.Store.For("acme").DestroySecrets([("a", 1)], At, Stop);
        var all = await opened.Store.ListKeptSecrets(null, 10, Stop);
        Assert.Equal([("acme", "a", 2), ("acme", "b", 1), ("other", "a", 1)], all.Select(k => (k.Workspace, k.Name, k.Version)));
        Assert.Equal([all[1]], await opened.Store.ListKeptSecrets(all[0], 1, Stop));
        Assert.Empty(await opened.Store.ListKeptSecrets(all[2], 10, Stop));
    }

    private Task<int> Put(string workspace, string name, string value) => opened.Store.For(workspace).PutSecretVersion(name, Encoding.UTF8.GetBytes(value), At, Stop);

    private async Task<string?> Read(string workspace, string name, int? version = null) =>
        await opened.Store.For(workspace).ReadSecret(name, version, Stop) is { } value ? Encoding.UTF8.GetString(value) : null;
}
