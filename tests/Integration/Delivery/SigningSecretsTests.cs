using System.Text;
using EventMesh.Connectors;
using EventMesh.Delivery;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class SigningSecretsTests
{
    private static readonly Uri Url = new("http://127.0.0.1:9/");
    private static readonly RunContext Run = RunContext.Of(ConfiguredWorkspace.Empty("acme"), "dlv_1");
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_signs_no_more_is_forgotten_at_the_next_attempt()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        var connection = await mesh.Connection("acme", "con_1", Url);
        var newer = Signing.NewSecret(Encoding.ASCII.GetBytes("another secret of thirty-two byt"));
        await mesh.Store.For("acme").PutSecret(SigningSecrets.NameOf(connection, "sec_2"), Encoding.UTF8.GetBytes(newer), DateTimeOffset.UtcNow, Stop);
        var (clock, at) = (new ManualClock(), DateTimeOffset.UnixEpoch);
        var secrets = new SigningSecrets(mesh.Store, new(mesh.Store, NullLogger<IndexFollower>.Instance), mesh.Uses, clock);
        var both = SigningSecretList.First(SigningScheme.Hmac, null, at).With(new("sec_2", SigningScheme.Hmac, null, 60, at));

        var signing = await secrets.Of(Run, connection, both.ActiveAt(at.AddSeconds(59)), Stop);
        Assert.Equal(newer, signing[0]);
        Assert.Equal((2, 2), (signing.Count, secrets.Kept));
        Assert.Equal([newer], await secrets.Of(Run, connection, both.ActiveAt(at.AddSeconds(60)), Stop));
        Assert.Equal(1, secrets.Kept);
    }

    [Fact]
    public async Task Those_of_a_deleted_connection_are_forgotten_within_a_minute_of_another_s_attempts()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        var (gone, stays) = (await mesh.Connection("acme", "con_1", Url), await mesh.Connection("acme", "con_2", Url));
        var clock = new ManualClock();
        var follower = new IndexFollower(mesh.Store, NullLogger<IndexFollower>.Instance);
        mesh.Go(follower.Follow);
        var secrets = new SigningSecrets(mesh.Store, follower, mesh.Uses, clock);
        var first = SigningSecretList.First(SigningScheme.Hmac, null, DateTimeOffset.UnixEpoch).ActiveAt(DateTimeOffset.UnixEpoch);
        await secrets.Of(Run, gone, first, Stop);
        await secrets.Of(Run, stays, first, Stop);
        var now = DateTimeOffset.UtcNow;
        await follower.WaitFor(
            await mesh.Store.For("acme").Append(gone, "connection", 1, [new ConnectionEvent.ConnectionDeleted(now)], new EventMetadata(now, "test", null, null, null), null, Stop), Stop);

        clock.Advance(TimeSpan.FromSeconds(59));
        await secrets.Of(Run, stays, first, Stop);
        Assert.Equal(2, secrets.Kept);
        clock.Advance(TimeSpan.FromSeconds(1));
        await secrets.Of(Run, stays, first, Stop);
        Assert.Equal(1, secrets.Kept);
    }

    [Fact]
    public async Task One_that_is_kept_nowhere_is_an_error_of_ours()
    {
        await using var mesh = await Mesh.Open();
        var secrets = new SigningSecrets(mesh.Store, new(mesh.Store, NullLogger<IndexFollower>.Instance), mesh.Uses, TimeProvider.System);
        var first = SigningSecretList.First(SigningScheme.Hmac, null, DateTimeOffset.UnixEpoch).ActiveAt(DateTimeOffset.UnixEpoch);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await secrets.Of(Run, "con_none", first, Stop));
    }

    private sealed class ManualClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => ticks;
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(ticks);
        public void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
