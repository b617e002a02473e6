using EventMesh.Delivery;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.Delivery;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Secrets;

public sealed class EndedTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly EventMetadata By = new(DateTimeOffset.UtcNow, "key_1");

    [Fact]
    public async Task What_a_deleted_connection_signed_with_is_destroyed_and_another_s_is_not()
    {
        await using var mesh = await Opened();
        var (gone, stays) = (await mesh.Connection("acme", "con_1", new("http://127.0.0.1:9/")), await mesh.Connection("acme", "con_2", new("http://127.0.0.1:9/")));
        await mesh.Store.For("acme").Append(gone, "connection", 1, [new ConnectionEvent.ConnectionDeleted(By.At)], By, null, Stop);
        await Destroys(1, mesh);
        Assert.Null(await mesh.Store.For("acme").ReadSecret(SigningSecrets.NameOf(gone, SigningSecret.FirstId), Stop));
        Assert.NotNull(await mesh.Store.For("acme").ReadSecret(SigningSecrets.NameOf(stays, SigningSecret.FirstId), Stop));
        await Destroys(0, mesh);
    }

    [Fact]
    public async Task A_revocation_that_a_crash_cut_short_is_finished()
    {
        await using var mesh = await Opened();
        await mesh.Store.CreateSecret("acme", "db", "one");
        await mesh.Store.AddVersion("acme", "db", "two");
        await mesh.Store.RevokeVersion("acme", "db", 1);
        await Destroys(1, mesh);
        Assert.Equal([true, false], (await mesh.Store.For("acme").ReadSecretVersions("db", Stop)).Select(v => v.DestroyedAt is not null));
    }

    [Fact]
    public async Task Nothing_is_destroyed_on_the_word_of_an_index_that_is_behind()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Store.CreateSecret("acme", "db", "one");
        await mesh.Store.RevokeVersion("acme", "db", 1);
        Assert.Equal(0, await Ended(mesh).Destroy(Stop));
    }

    private static async Task<Mesh> Opened()
    {
        var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        mesh.Go(mesh.Follower.Follow);
        return mesh;
    }

    // Other tests' transactions on the same server may hold the index back for a moment; what it has not heard of is found at a later look. None is found at any.
    private static async Task Destroys(int count, Mesh mesh)
    {
        await Eventually.True(() => Task.FromResult(mesh.Follower.IsCurrent), TimeSpan.FromSeconds(20), "the index to be current");
        var destroyed = 0;
        await Eventually.True(async () => (destroyed += await Ended(mesh).Destroy(Stop)) >= count, TimeSpan.FromSeconds(20), $"{count} to be destroyed");
        Assert.Equal(count, destroyed);
    }

    private static EndedSecrets Ended(Mesh mesh) => new(mesh.Store, mesh.Follower, TimeProvider.System, NullLogger<EndedSecrets>.Instance);
}
