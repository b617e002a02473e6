using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.Delivery;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Secrets;

public sealed class UseTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task However_often_it_is_used_it_is_told_once_with_its_number_and_some_runs()
    {
        await using var mesh = await Mesh.Open();
        await mesh.Store.CreateSecret("acme", "db", "one");
        var uses = mesh.Uses;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++) uses.Of("acme", "db", 1, SecretPurpose.Step).Count($"dlv_{t}", At.AddSeconds(t));
        }, Stop)));
        uses.Of("acme", "db", 1, SecretPurpose.Oauth).Count("dlv_9", At);
        await uses.Tell(Stop);
        var told = await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme");
        Assert.Equal([("db", 1, SecretPurpose.Step, 8_000L), ("db", 1, SecretPurpose.Oauth, 1L)], told.OrderBy(t => t.Purpose == SecretPurpose.Oauth).Select(t => (t.Secret, t.Version, t.Purpose, t.Count)));
        Assert.All(told, t => Assert.InRange(t.Runs.Count, 1, SecretUseEvent.RunsMax));
        Assert.All(told, t => Assert.InRange(t.LastAt, t.FirstAt, At.AddSeconds(7)));
        Assert.NotNull(Assert.Single(await mesh.Store.For("acme").ReadSecretVersions("db", Stop)).LastUsedAt);

        await uses.Tell(Stop);
        Assert.Equal(2, (await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme")).Length);
        uses.Of("acme", "db", 1, SecretPurpose.Step).Count("dlv_10", At.AddMinutes(1));
        await uses.Tell(Stop);
        var last = Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme"), t => t.FirstAt == At.AddMinutes(1));
        Assert.Equal((1L, "dlv_10", At.AddMinutes(1)), (last.Count, Assert.Single(last.Runs), last.LastAt));
    }

    [Fact]
    public async Task Each_workspace_is_told_of_its_own()
    {
        await using var mesh = await Mesh.Open();
        foreach (var workspace in new[] { "acme", "other" }) mesh.Uses.Of(workspace, "connections/con_1/signing", 1, SecretPurpose.Signing).Count("dlv_" + workspace, At);
        await mesh.Uses.Tell(Stop);
        foreach (var workspace in new[] { "acme", "other" })
            Assert.Equal("dlv_" + workspace, Assert.Single(Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretUsed>(workspace)).Runs));
    }

    [Fact]
    public async Task A_node_that_is_stopped_tells_what_it_had_counted()
    {
        await using var mesh = await Mesh.Open();
        using var stopped = new CancellationTokenSource();
        var running = mesh.Uses.Run(stopped.Token);
        mesh.Uses.Of("acme", "db", 1, SecretPurpose.Step).Count("dlv_1", At);
        await stopped.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(1, Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme")).Count);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_later()
    {
        await using var server = await PostgresServer.Start();
        await using var mesh = await Mesh.Open(await server.CreateDatabase("untold"));
        var count = mesh.Uses.Of("acme", "db", 1, SecretPurpose.Step);
        count.Count("dlv_1", At);
        await server.Kill();
        await Assert.ThrowsAsync<StoreUnavailable>(() => mesh.Uses.Tell(Stop));
        count.Count("dlv_2", At.AddSeconds(1));
        await server.StartAgain();
        await Eventually.True(async () => await Record.ExceptionAsync(() => mesh.Uses.Tell(Stop)) is null, TimeSpan.FromSeconds(30), "the database to be back");
        Assert.Equal(2, (await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme")).Sum(t => t.Count));
    }

    [Fact]
    public async Task One_that_rested_for_an_hour_is_forgotten_and_whoever_still_holds_it_counts_on()
    {
        await using var mesh = await Mesh.Open();
        var held = mesh.Uses.Of("acme", "db", 1, SecretPurpose.Step);
        for (var minute = 0; minute < 60; minute++) await mesh.Uses.Tell(Stop);
        Assert.NotSame(held, mesh.Uses.Of("acme", "db", 1, SecretPurpose.Step));
        held.Count("dlv_1", At);
        await mesh.Uses.Tell(Stop);
        Assert.Equal(1, Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme")).Count);
    }

    [Fact]
    public async Task What_signs_webhooks_is_counted_by_its_deliveries()
    {
        await using var receiver = await Receiver.Start();
        await using var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"));
        await mesh.Rule("acme", "rul_1", "{}", "con_1");
        mesh.Run();
        var published = await mesh.Publish("acme", "1");
        await mesh.Delivery<EventMesh.Domain.Deliveries.Delivery.Delivered>("acme", EventMesh.Domain.Ids.OfDelivery(published, "rul_1", "con_1"));
        await mesh.Uses.Tell(Stop);
        var told = Assert.Single(await mesh.Store.Told<SecretUseEvent.SecretUsed>("acme"));
        Assert.Equal(("connections/con_1/signing", 1, SecretPurpose.Signing, 1L), (told.Secret, told.Version, told.Purpose, told.Count));
        Assert.Equal(EventMesh.Domain.Ids.OfDelivery(published, "rul_1", "con_1"), Assert.Single(told.Runs));
    }
}
