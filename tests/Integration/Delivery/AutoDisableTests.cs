using EventMesh.Delivery;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Projections.Health;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Delivery;

/// <summary>The history is written as it would have been over days; what is decided on it is decided by the stored times alone.</summary>
public sealed class AutoDisableTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Began = new(DateTimeOffset.UtcNow.AddDays(-20).Ticks / 10_000 * 10_000, TimeSpan.Zero);
    private int deliveries;

    [Fact]
    public async Task Nothing_but_failures_for_five_days_disables_and_a_millisecond_less_does_not()
    {
        await using var mesh = await Open();
        await Fails(mesh, "con_less", TimeSpan.Zero, TimeSpan.FromDays(3), TimeSpan.FromDays(5) - TimeSpan.FromMilliseconds(1));
        await Fails(mesh, "con_five", TimeSpan.Zero, TimeSpan.FromDays(5));

        Assert.Equal(DisabledBecause.Failing, await Disabled(mesh, "con_five"));
        Assert.IsType<Connection.Enabled>(await State(mesh, "con_less"));
        Assert.Equal(Began, (await Health(mesh, "con_less")).FailingSince);

        await Fails(mesh, "con_less", TimeSpan.FromDays(5));
        Assert.Equal(DisabledBecause.Failing, await Disabled(mesh, "con_less"));
    }

    [Fact]
    public async Task One_success_begins_anew()
    {
        await using var mesh = await Open();
        await Fails(mesh, "con_1", TimeSpan.Zero, TimeSpan.FromDays(4));
        await Succeeds(mesh, "con_1", TimeSpan.FromDays(4.5));
        await Fails(mesh, "con_1", TimeSpan.FromDays(6), TimeSpan.FromDays(10.9));
        await Fails(mesh, "con_last", TimeSpan.Zero, TimeSpan.FromDays(5));

        await Disabled(mesh, "con_last");
        Assert.IsType<Connection.Enabled>(await State(mesh, "con_1"));
        var health = await Health(mesh, "con_1");
        Assert.Equal((Began.AddDays(6), Began.AddDays(4.5), Began.AddDays(10.9)), (health.FailingSince, health.LastSuccessAt, health.LastFailureAt));
    }

    [Fact]
    public async Task Silence_after_a_failure_disables_nothing()
    {
        await using var mesh = await Open();
        await Fails(mesh, "con_1", TimeSpan.Zero);
        await Fails(mesh, "con_last", TimeSpan.Zero, TimeSpan.FromDays(5));
        await Disabled(mesh, "con_last");
        Assert.IsType<Connection.Enabled>(await State(mesh, "con_1"));
    }

    [Fact]
    public async Task A_mapping_that_fails_is_no_failure_of_the_connection()
    {
        await using var mesh = await Open();
        await Write(mesh, "con_1", [TimeSpan.Zero, TimeSpan.FromDays(6)], (of, at) => new DeliveryEvent.DeliveryAttemptFailed(of, Tried("mapping_failed", at), null, at));
        await Fails(mesh, "con_last", TimeSpan.Zero, TimeSpan.FromDays(5));
        await Disabled(mesh, "con_last");
        Assert.IsType<Connection.Enabled>(await State(mesh, "con_1"));
    }

    [Fact]
    public async Task Enabling_again_begins_anew()
    {
        await using var mesh = await Open();
        await Fails(mesh, "con_1", TimeSpan.Zero, TimeSpan.FromDays(5));
        await Disabled(mesh, "con_1");
        await mesh.Store.For("acme").Append("con_1", "connection", 2, [new ConnectionEvent.ConnectionEnabled(Began.AddDays(5.5))], new EventMetadata(Began.AddDays(5.5)));
        await Fails(mesh, "con_1", TimeSpan.FromDays(6), TimeSpan.FromDays(10.9));
        await Fails(mesh, "con_last", TimeSpan.Zero, TimeSpan.FromDays(5));
        await Disabled(mesh, "con_last");
        Assert.IsType<Connection.Enabled>(await State(mesh, "con_1"));
    }

    private async Task<Mesh> Open()
    {
        var mesh = await Mesh.Open();
        await mesh.Workspace("acme");
        mesh.Go(new AutoDisable(mesh.Store, AutoDisable.AfterDefault, TimeProvider.System, NullLogger<AutoDisable>.Instance).Run);
        return mesh;
    }

    private Task Fails(Mesh mesh, string connection, params TimeSpan[] after) => Write(mesh, connection, after, (of, at) => new DeliveryEvent.DeliveryAttemptFailed(of, Tried("timeout", at), at, at));

    private Task Succeeds(Mesh mesh, string connection, TimeSpan after) => Write(mesh, connection, [after], (of, at) => new DeliveryEvent.DeliverySucceeded(of, Tried("delivered", at), at));

    private async Task Write(Mesh mesh, string connection, TimeSpan[] after, Func<DeliveryTarget, DateTimeOffset, DeliveryEvent> outcome)
    {
        if (await State(mesh, connection) is Connection.Missing) await mesh.Connection("acme", connection, new Uri("http://127.0.0.1:9/"));
        foreach (var at in after.Select(a => Began + a))
            await mesh.Store.For("acme").Append($"dlv_{++deliveries}", "delivery", 0, [outcome(new("evt_1", Began, connection, "rul_1"), at)], new EventMetadata(at));
    }

    private static Attempt Tried(string outcome, DateTimeOffset at) => new(1, at, 1, outcome, null, null, 0);

    private static async Task<Connection> State(Mesh mesh, string connection) =>
        (await mesh.Store.For("acme").Fold<Connection, ConnectionEvent>(connection, Connection.Initial, Connection.Evolve)).State;

    private static async Task<DisabledBecause> Disabled(Mesh mesh, string connection)
    {
        await Eventually.True(async () => await State(mesh, connection) is Connection.Disabled, Patience, $"{connection} to be disabled");
        return ((Connection.Disabled)await State(mesh, connection)).Reason;
    }

    private static async Task<ConnectionHealth> Health(Mesh mesh, string connection) => (await ConnectionHealth.Of(mesh.Store.For("acme"), [connection]))[connection];
}
