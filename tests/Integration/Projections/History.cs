using EventMesh.Domain;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;

namespace EventMesh.Tests.Integration.Projections;

using Delivery = EventMesh.Domain.Deliveries.Delivery;

/// <summary>Writes the history of deliveries as the deciders would, and remembers what each delivery is.</summary>
internal sealed class History(Store store, string workspace)
{
    private static readonly DateTimeOffset Began = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private readonly List<(string Id, DeliveryTarget Of)> born = [];
    private int moments;

    public string Workspace => workspace;
    public WorkspaceStore Store { get; } = store.For(workspace);
    public IReadOnlyList<(string Id, DeliveryTarget Of)> Born => born;

    /// <summary>Of the last event written.</summary>
    public Position Last { get; private set; }

    /// <summary>Publishes an event and routes it to <paramref name="deliveries"/> connections.</summary>
    public async Task<string> Route(int deliveries)
    {
        var id = Ids.OfEvent("/tests", $"{workspace}-{born.Count}-{moments}");
        var at = Now();
        await Store.Append(id, "published_event", 0, [new PublishedEventEvent.EventPublished(id, "/tests", "order.created", null, null, null, null, 2, "00", at)], new(at));
        var planned = Enumerable.Range(0, deliveries).Select(n => new PlannedDelivery(Ids.OfDelivery(id, "rul_1", $"con_{n}"), "rul_1", $"con_{n}")).ToArray();
        Last = await Store.Append(id, "published_event", 1, [new PublishedEventEvent.EventRouted(at, planned, Now())], new(Now()));
        born.AddRange(planned.Select(p => (p.Id, new DeliveryTarget(id, at, p.Connection, p.Rule))));
        return id;
    }

    public Task Succeed(int delivery) =>
        Decide(delivery, s => new DeliveryCommand.RecordSuccess(born[delivery].Of, Attempt(s, "delivered"), Now()));

    /// <summary>Fails: to be tried again twice, then dead; at once when <paramref name="failure"/> says so.</summary>
    public Task Fail(int delivery, Failure failure) =>
        Decide(delivery, s => new DeliveryCommand.RecordFailure(born[delivery].Of, Attempt(s, "status"), failure, [5, 300], null, 0.5, Now()));

    public Task Discard(int delivery) =>
        Decide(delivery, s => new DeliveryCommand.DiscardDelivery(born[delivery].Of, s.Attempts + 1, DiscardedBecause.ConnectionDisabled, Now()));

    public async Task Retry(int delivery)
    {
        var (state, _) = await Fold(delivery);
        if (state is not Delivery.Scheduled) await Decide(delivery, _ => new DeliveryCommand.RetryDelivery(born[delivery].Of, Now()));
    }

    public Task<(Delivery State, long Version)> Fold(int delivery) =>
        Store.Fold<Delivery, DeliveryEvent>(born[delivery].Id, Delivery.Initial, Delivery.Evolve);

    private async Task Decide(int delivery, Func<Delivery, DeliveryCommand> command)
    {
        var decided = await Store.Decide<Delivery, DeliveryEvent>(
            born[delivery].Id, "delivery", Delivery.Initial, Delivery.Evolve, s => DeliveryDecider.Decide(command(s), s), new(Now()));
        if (decided.Position is { } position) Last = position;
    }

    private static Attempt Attempt(Delivery state, string outcome) => new(state.Attempts + 1, Began, 12.5, outcome, 500, "It said \"no\" \u00e4\\", 0);

    private DateTimeOffset Now() => Began.AddSeconds(Interlocked.Increment(ref moments));
}
