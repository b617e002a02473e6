using System.Net;
using System.Text;
using System.Text.Json;
using EventMesh.Connectors;
using EventMesh.Delivery;
using EventMesh.Delivery.Credentials;
using EventMesh.Delivery.Operations;
using EventMesh.Delivery.Secrets;
using EventMesh.Delivery.Sharing;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Rules;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventMesh.Tests.Integration.Delivery;

/// <summary>What moves, on a real database, without the HTTP edge: a node that a test can start, stop and repeat.</summary>
internal sealed class Mesh : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> loops = [];
    private readonly List<Task> joined = [];

    private Mesh(Store store, string database, TimeSpan timeout)
    {
        (Store, Database) = (store, database);
        Follower = new(store, NullLogger<IndexFollower>.Instance);
        Refusals = new(store, TimeProvider.System, NullLogger<SecretRefusals>.Instance);
        Uses = new(store, Refusals, TimeProvider.System, NullLogger<SecretUses>.Instance);
        Queues = new(TimeProvider.System);
        Connector = new(new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]), new WebhookOptions { Timeout = timeout }, TimeProvider.System);
    }

    public Store Store { get; }
    public string Database { get; }
    public InProcessQueues Queues { get; }
    public IndexFollower Follower { get; }
    public SecretRefusals Refusals { get; }
    public SecretUses Uses { get; }
    private WebhookConnector Connector { get; }

    public static async Task<Mesh> Open(string? database = null, TimeSpan? timeout = null, IMasterKeys? masterKeys = null)
    {
        database ??= await Migrated.Database("delivery", Migrated.Delivery);
        var store = await Store.Open(new StoreOptions(database, MasterKeys: masterKeys), ConfigurationEvents.All, Migrated.Delivery);
        return new(store, database, timeout ?? TimeSpan.FromSeconds(15));
    }

    /// <summary>Completes when every worker knows of every other.</summary>
    public Task Joined => Task.WhenAll(joined);

    /// <param name="workers">Each with a memory of its own, as on a node of its own; they share what nodes share: database and queues.</param>
    public Mesh Run(int workers = 1)
    {
        var values = new CredentialValues(Store, Follower, Uses, TimeProvider.System);
        var attempt = new DeliveryAttempt(Store, Follower, new Dictionary<string, IConnector> { ["webhook"] = Connector }, new SigningSecrets(Store, Follower, Uses, TimeProvider.System), new(values, [new FixedAuthorizer(values)]), TimeProvider.System, NullLogger<DeliveryAttempt>.Instance);
        Go(Follower.Follow);
        Go(NewFanOut().Run);
        Go(NewOperations().Run);
        Go(new Dispatcher(Store, Queues, TimeProvider.System, NullLogger<Dispatcher>.Instance).Run);
        Go(new RetryClock(Store, Queues, TimeProvider.System, NullLogger<RetryClock>.Instance).Run);
        for (var i = 0; i < workers; i++)
        {
            var nodes = new WorkerNodes(Store, shared: workers > 1, TimeProvider.System);
            if (workers > 1) Go(nodes.Run);
            joined.Add(nodes.Ready);
            Go(new Worker(Store, Queues, Follower, attempt, new Circuits(Store, Follower, TimeProvider.System, NullLogger<Circuits>.Instance), new SuspensionHold(Follower, TimeProvider.System), new CredentialHold(Follower, TimeProvider.System), nodes, TimeProvider.System, NullLogger<Worker>.Instance).Run);
        }
        return this;
    }

    public OperationsFollower NewOperations() => new(Store, Follower, TimeProvider.System, NullLogger<OperationsFollower>.Instance);

    public FanOut NewFanOut() => new(Store, TimeProvider.System, NullLogger<FanOut>.Instance);

    /// <summary>Runs a loop until the mesh stops; one that fails is started again, as the host does.</summary>
    public void Go(Func<CancellationToken, Task> loop) => loops.Add(Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested) await loop(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }));

    public async Task Workspace(string workspace)
    {
        var now = DateTimeOffset.UtcNow;
        await Store.For(workspace).Append(Ids.WorkspaceStream, "workspace", 0, [new WorkspaceEvent.WorkspaceCreated(workspace, workspace, "starter", "test", null, now)], By(now));
    }

    public Task<string> Connection(string workspace, string id, Uri url, params int[] retrySchedule) => Connection(workspace, id, url, null, retrySchedule);

    public Task<string> OperationalConnection(string workspace, string id, Uri url, params int[] retrySchedule) => Connection(workspace, id, url, true, retrySchedule);

    private async Task<string> Connection(string workspace, string id, Uri url, bool? operational, int[] retrySchedule)
    {
        var now = DateTimeOffset.UtcNow;
        await Store.For(workspace).PutSecret(SigningSecrets.NameOf(id, SigningSecret.FirstId), Encoding.UTF8.GetBytes(Secret), now);
        await Store.For(workspace).Append(id, "connection", 0,
            [new ConnectionEvent.ConnectionCreated(id, "webhook", new WebhookConfig(url, null, WebhookBody.Cloudevent, retrySchedule), now, Operational: operational)], By(now));
        return id;
    }

    public Task<string> Rule(string workspace, string id, string filter, params string[] connections) => OrderedRule(workspace, id, filter, null, connections);

    /// <param name="key">The path of the ordering key; null for a rule without order.</param>
    public async Task<string> OrderedRule(string workspace, string id, string filter, string? key, params string[] connections)
    {
        var now = DateTimeOffset.UtcNow;
        using var json = JsonDocument.Parse(filter);
        await Store.For(workspace).Append(id, "rule", 0, [new RuleEvent.RuleCreated(id, Filter.Parse(json.RootElement), connections, now, key is null ? null : new RuleOrdering(key))], By(now));
        return id;
    }

    public async Task<string> Publish(string workspace, string id, string type = "order.created", string data = "{}", string source = "test")
    {
        var now = DateTimeOffset.UtcNow;
        var stream = Ids.OfEvent("test", id);
        var body = Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"test","type":"{{type}}","data":{{data}}}""");
        await Store.For(workspace).Append(stream, "published_event", 0,
            [new PublishedEventEvent.EventPublished(id, source, type, null, null, null, null, body.Length, "", now)], By(now),
            [new Payload(stream, DateOnly.FromDateTime(now.UtcDateTime), null, body)]);
        return stream;
    }

    /// <summary>Waits until a delivery is what <paramref name="expected"/> says.</summary>
    public Task Delivery<TState>(string workspace, string delivery, Func<TState, bool>? expected = null) where TState : Domain.Deliveries.Delivery =>
        Eventually.True(async () => await State(workspace, delivery) is TState state && (expected?.Invoke(state) ?? true), TimeSpan.FromSeconds(30), $"{delivery} to be {typeof(TState).Name}");

    public async Task<Domain.Deliveries.Delivery> State(string workspace, string delivery) =>
        (await Store.For(workspace).Fold<Domain.Deliveries.Delivery, DeliveryEvent>(delivery, Domain.Deliveries.Delivery.Initial, Domain.Deliveries.Delivery.Evolve)).State;

    /// <summary>What every connection signs with.</summary>
    public static string Secret { get; } = Signing.NewSecret(new byte[32]);

    private static EventMetadata By(DateTimeOffset now) => new(now, "test");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Queues.DisposeAsync();
        Connector.Dispose();
        await Store.DisposeAsync();
    }
}
