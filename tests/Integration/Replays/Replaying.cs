using EventMesh.Delivery.Replays;
using EventMesh.Domain;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Integration.Delivery;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Replays;

/// <summary>A mesh with its read model, and what a test of replays does to it.</summary>
internal sealed class Replaying(Mesh mesh) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public Mesh Mesh { get; } = mesh;

    /// <param name="workers">Without one, what is due stays due.</param>
    public static async Task<Replaying> Open(int workers = 0, string? database = null)
    {
        var mesh = (await Mesh.Open(database)).Run(workers);
        mesh.Go(new ProjectionRunner(mesh.Store, DeliveriesProjection.Projection, NullLogger.Instance).Run);
        return new(mesh);
    }

    /// <summary>A runner of replays, until it is let go.</summary>
    public Runner Run() => new(new(Mesh.Store, Mesh.Follower, TimeProvider.System, NullLogger<ReplayRunner>.Instance));

    public async Task Workspace(string workspace, params string[] connections)
    {
        await Mesh.Workspace(workspace);
        foreach (var connection in connections) await Mesh.Connection(workspace, connection, new Uri("http://127.0.0.1:9/"));
    }

    /// <summary>Publishes an event whose delivery by a rule to a connection fails for good.</summary>
    /// <returns>The delivery.</returns>
    public async Task<string> DeadLetter(string workspace, string id, string connection = "con_1", string rule = "rul_1", string type = "order.created")
    {
        var @event = await Mesh.Publish(workspace, id, type);
        var delivery = Ids.OfDelivery(@event, rule, connection);
        await Eventually.True(async () => await DeliveriesQuery.Find(Mesh.Store.For(workspace), delivery) is not null, Deadline, $"{delivery} to be born");
        var now = DateTimeOffset.UtcNow;
        var of = new DeliveryTarget(@event, now, connection, rule);
        await Decide(workspace, delivery, new DeliveryCommand.RecordFailure(of, new Attempt(1, now, 1, "status", 500, null, 0), Failure.Status, [], null, 0, now));
        return delivery;
    }

    public Task Decide(string workspace, string delivery, DeliveryCommand command) => Mesh.Store.For(workspace).Decide<State, DeliveryEvent>(
        delivery, "delivery", State.Initial, State.Evolve, s => DeliveryDecider.Decide(command, s), new(DateTimeOffset.UtcNow));

    public static ReplayFilter Filter(IReadOnlyList<string>? types = null, string? connection = null, string? rule = null, DateTimeOffset? since = null, params string[] statuses)
    {
        var now = DateTimeOffset.UtcNow;
        return new(since ?? now.AddHours(-1), now.AddMilliseconds(1), types, connection, rule, statuses.Length == 0 ? ["dead_lettered", "discarded"] : statuses);
    }

    public async Task Start(string workspace, string id, ReplayFilter filter, ReplayKind kind = ReplayKind.Deliveries, int rate = 1_000)
    {
        var now = DateTimeOffset.UtcNow;
        await Decide(workspace, id, new ReplayCommand.StartReplay(kind, kind == ReplayKind.Missing ? filter with { Statuses = null } : filter, rate, now));
    }

    public Task Cancel(string workspace, string id) => Decide(workspace, id, new ReplayCommand.CancelReplay(DateTimeOffset.UtcNow));

    private Task Decide(string workspace, string id, ReplayCommand command) => Mesh.Store.For(workspace).Decide<Replay, ReplayEvent>(
        id, "replay", Replay.Initial, Replay.Evolve, s => ReplayDecider.Decide(command, s), new(DateTimeOffset.UtcNow, "key_1"));

    public async Task<ReplayEvent.ReplayFinished> Ended(string workspace, string id)
    {
        ReplayEvent.ReplayFinished? how = null;
        await Eventually.True(async () =>
        {
            how = (await Mesh.Store.For(workspace).Fold<Replay, ReplayEvent>(id, Replay.Initial, Replay.Evolve)).State is Replay.Ended ended ? ended.How : null;
            return how is not null;
        }, Deadline, $"{id} to end");
        return how!;
    }

    public Task Until(string workspace, string id, Func<ReplayProgress, bool> reached) => Eventually.True(
        async () => (await ReplayProgress.Of(Mesh.Store.For(workspace), [id], default)).GetValueOrDefault(id) is { } progress && reached(progress), Deadline, $"{id} to get there");

    /// <summary>Of what was published before this call, whatever transactions other tests have under way on the same server.</summary>
    public async Task<long> DryRun(string workspace, ReplayKind kind, ReplayFilter filter, int eventsMax = ReplayLimits.DryRunEventsMax)
    {
        await EventStore.Opened.CatchUp(Mesh.Database);
        return (await new DryRun(Mesh.Store, Mesh.Follower, eventsMax).Count(workspace, kind, filter, default)).Sum(c => c.Count);
    }

    /// <summary>How often a delivery was asked for again, and by what.</summary>
    public async Task<string[]> AskedFor(string workspace, string delivery) =>
        [.. (await Mesh.Store.For(workspace).ReadStream(delivery)).Events.Where(e => e.Type == "delivery_retry_requested").Select(e => e.CausationId ?? "somebody")];

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    internal sealed class Runner : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Runner(ReplayRunner runner) => running = Task.Run(() => runner.Run(stop.Token));

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}
