using EventMesh.Delivery.Secrets;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using EventMesh.Tests.Integration.Delivery;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Secrets;

public sealed class ResolverTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly RunContext Run = Of("acme");

    [Fact]
    public async Task The_newest_active_version_is_given_and_older_ones_by_their_number()
    {
        await using var mesh = await Opened();
        await mesh.Store.CreateSecret("acme", "db", "one");
        await mesh.Follower.WaitFor(await mesh.Store.AddVersion("acme", "db", "two"), Stop);
        var resolver = Resolver(mesh);
        Assert.Equal(("two", 2), await Value(resolver, "db"));
        Assert.Equal(("one", 1), await Value(resolver, "db", 1));
        Assert.Equal(("two", 2), await Value(resolver, "tenants/acme/db"));
        await mesh.Follower.WaitFor(await mesh.Store.RevokeVersion("acme", "db", 2), Stop);
        Assert.Equal(("one", 1), await Value(resolver, "db"));
        await Missing(resolver, "db", 2);
        await mesh.Follower.WaitFor(await mesh.Store.DeleteSecret("acme", "db"), Stop);
        await Missing(resolver, "db");
        await Missing(resolver, "db", 1);
    }

    [Fact]
    public async Task One_that_was_kept_on_another_node_a_moment_ago_is_found()
    {
        await using var mesh = await Opened();
        await mesh.Store.CreateSecret("acme", "db", "one");
        Assert.Equal(("one", 1), await Value(Resolver(mesh), "db"));
    }

    [Fact]
    public async Task What_has_expired_is_given_to_nobody()
    {
        await using var mesh = await Opened();
        await mesh.Store.CreateSecret("acme", "db", "one");
        await mesh.Follower.WaitFor(await mesh.Store.AddVersion("acme", "db", "two", DateTimeOffset.UtcNow.AddMinutes(1)), Stop);
        Assert.Equal(("two", 2), await Value(Resolver(mesh), "db"));
        var later = Resolver(mesh, new Ahead(TimeSpan.FromMinutes(1)));
        Assert.Equal(("one", 1), await Value(later, "db"));
        await Missing(later, "db", 2);
    }

    [Theory]
    [InlineData("tenants/other/db")]
    [InlineData("tenants/acme/../other/db")]
    [InlineData("../other/db")]
    [InlineData("connections/con_1/signing")]
    [InlineData("other\0db")]
    public async Task What_is_not_the_run_s_own_is_refused_like_what_is_not_there_and_recorded_where_it_ran(string asked)
    {
        await using var mesh = await Opened();
        await mesh.Follower.WaitFor(await mesh.Store.CreateSecret("other", "db", "others'"), Stop);
        var resolver = Resolver(mesh);
        await Missing(resolver, asked);
        var refused = Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretAccessRefused>("acme"));
        Assert.Equal((asked.Replace('\0', '\uFFFD'), SecretPurpose.Step, "dlv_1", 1L), (refused.Asked, refused.Purpose, refused.Run, refused.Count));
        Assert.Empty(await mesh.Store.Told<SecretUseEvent.SecretAccessRefused>("other"));

        // Asked again and again it is told once more, with its number.
        for (var again = 0; again < 3; again++) await Missing(resolver, asked);
        Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretAccessRefused>("acme"));
        await mesh.Uses.Tell(Stop);
        Assert.Equal([1L, 3L], (await mesh.Store.Told<SecretUseEvent.SecretAccessRefused>("acme")).Select(r => r.Count));
        Assert.Equal(("others'", 1), await Value(resolver, "db", run: Of("other")));
    }

    [Fact]
    public async Task A_name_of_one_s_own_that_another_has_too_is_one_s_own()
    {
        await using var mesh = await Opened();
        await mesh.Store.CreateSecret("other", "db", "others'");
        await mesh.Follower.WaitFor(await mesh.Store.CreateSecret("acme", "db", "ours"), Stop);
        var resolver = Resolver(mesh);
        Assert.Equal("others'", (await Value(resolver, "db", run: Of("other"))).Value);
        Assert.Equal("ours", (await Value(resolver, "db")).Value);
    }

    [Fact]
    public async Task A_node_whose_index_stands_still_asks_the_database_and_gives_what_was_revoked_to_nobody()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Workspace("other");
        await mesh.Store.CreateSecret("other", "db", "others'");
        await mesh.Store.CreateSecret("acme", "db", "one");
        using var follow = new CancellationTokenSource();
        var following = mesh.Follower.Follow(follow.Token);
        var resolver = Resolver(mesh);
        Assert.Equal(("one", 1), await Value(resolver, "db"));
        await follow.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Eventually.True(() => Task.FromResult(!mesh.Follower.IsCurrent), Soon, "the index to be old");
        // Nothing happened since, says the database.
        Assert.Equal(("one", 1), await Value(resolver, "db"));
        await mesh.Store.RevokeVersion("acme", "db", 1);
        await Eventually.True(async () => await Record.ExceptionAsync(async () => await Once(resolver, "db")) is StoreUnavailable, Soon, "the answer of the database to be old");
        Assert.Equal(("others'", 1), await Value(resolver, "db", run: Of("other")));
    }

    [Fact]
    public async Task A_feed_that_a_long_transaction_holds_back_gives_what_was_revoked_to_nobody()
    {
        await using var server = await PostgresServer.Start();
        await using var mesh = await Mesh.Open(await server.CreateDatabase("held"));
        await mesh.Workspace("acme");
        await mesh.Workspace("other");
        await mesh.Store.CreateSecret("acme", "db", "one");
        mesh.Go(mesh.Follower.Follow);
        var resolver = Resolver(mesh);
        Assert.Equal(("one", 1), await Value(resolver, "db"));
        await using var holder = new NpgsqlConnection(mesh.Database);
        await holder.OpenAsync(Stop);
        await using (var transaction = await holder.BeginTransactionAsync(Stop))
        {
            await using var write = new NpgsqlCommand("select pg_current_xact_id()::text", holder, transaction);
            await write.ExecuteScalarAsync(Stop);
            var revoked = System.Diagnostics.Stopwatch.StartNew();
            await mesh.Store.RevokeVersion("acme", "db", 1);
            // The feed cannot read it, and it holds all the same.
            await Eventually.True(async () =>
            {
                var began = revoked.Elapsed;
                var failure = await Record.ExceptionAsync(async () => await Once(resolver, "db"));
                Assert.True(failure is StoreUnavailable || began < TimeSpan.FromSeconds(1), $"given {began} after it was revoked");
                return failure is StoreUnavailable;
            }, Soon, "the revocation to hold");
            // What was kept meanwhile is not there for the feed; nobody is told that it is missing.
            await mesh.Store.CreateSecret("other", "db", "others'");
            Assert.IsType<StoreUnavailable>(await Record.ExceptionAsync(async () => await Once(resolver, "db", run: Of("other"))));
            await transaction.RollbackAsync(Stop);
        }
        await Eventually.True(async () => await Record.ExceptionAsync(async () => await Once(resolver, "db")) is Refused, Soon, "the feed to go on");
    }

    [Fact]
    public async Task Without_a_database_nothing_is_given_not_even_what_is_known()
    {
        await using var server = await PostgresServer.Start();
        await using var mesh = await Mesh.Open(await server.CreateDatabase("gone"));
        await mesh.Workspace("acme");
        await mesh.Store.CreateSecret("acme", "db", "one");
        mesh.Go(mesh.Follower.Follow);
        var resolver = Resolver(mesh);
        Assert.Equal(("one", 1), await Value(resolver, "db"));
        await server.Kill();
        var gone = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.True(async () =>
        {
            var began = gone.Elapsed;
            var failure = await Record.ExceptionAsync(async () => await Once(resolver, "db"));
            Assert.True(failure is StoreUnavailable || began < TimeSpan.FromSeconds(1), $"given {began} after the database went away: {failure}");
            return failure is StoreUnavailable;
        }, Soon, "the index to be old");
    }

    [Fact]
    public async Task A_value_that_was_destroyed_is_given_to_nobody_though_its_revocation_is_not_known_yet()
    {
        await using var mesh = await Opened();
        await mesh.Follower.WaitFor(await mesh.Store.CreateSecret("acme", "db", "one"), Stop);
        await EventMesh.EventStore.Reading.SecretVersionVerbs.DestroySecrets(mesh.Store.For("acme"), [("db", 1)], DateTimeOffset.UtcNow, Stop);
        await Missing(Resolver(mesh), "db");
    }

    private static async Task<Mesh> Opened()
    {
        var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Workspace("other");
        mesh.Go(mesh.Follower.Follow);
        return mesh;
    }

    private static SecretResolver Resolver(Mesh mesh, TimeProvider? clock = null) => new(mesh.Store, mesh.Follower, mesh.Uses, mesh.Refusals, clock ?? TimeProvider.System);

    private static RunContext Of(string workspace) => RunContext.Of(new Dispatch(workspace, "dlv_1", "evt_1", DateTimeOffset.UnixEpoch, "con_1", "rul_1", 1, "0-0"));

    /// <summary>Asks again while nobody knows: a transaction of another test on this server may hold the feed back.</summary>
    private static async Task<(string Value, int Version)> Value(SecretResolver resolver, string asked, int? version = null, RunContext? run = null)
    {
        (string, int) given = default;
        await Eventually.True(async () =>
        {
            try { given = await Once(resolver, asked, version, run); return true; }
            catch (StoreUnavailable) { return false; }
        }, Soon, $"{asked} to be given");
        return given;
    }

    private static async Task<(string Value, int Version)> Once(SecretResolver resolver, string asked, int? version = null, RunContext? run = null)
    {
        var value = await resolver.Resolve(run ?? Run, asked, SecretPurpose.Step, version, Stop);
        Assert.DoesNotContain(value.Text(), value.ToString(), StringComparison.Ordinal);
        return (value.Text(), value.Version);
    }

    private static async Task Missing(SecretResolver resolver, string asked, int? version = null)
    {
        Exception? failure = null;
        await Eventually.True(async () => (failure = await Record.ExceptionAsync(async () => await Once(resolver, asked, version))) is not StoreUnavailable, Soon, $"{asked} to be refused");
        Assert.Equal("secret.missing", Assert.IsType<Refused>(failure).Code);
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
