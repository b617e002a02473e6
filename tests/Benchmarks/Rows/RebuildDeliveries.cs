using System.Diagnostics;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Migrations;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Index;
using EventMesh.Projections.Rebuilding;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>The read model of deliveries made anew from the whole log; the floor is reading that log and doing nothing with it.</summary>
internal sealed class RebuildDeliveries : IBenchmark
{
    private const int Published = 100_000;

    public string Name => "rebuild";
    public string About => "rebuilding the deliveries read model, against reading the same feed";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var database = await ground.Postgres.CreateDatabase("bench_rebuild");
        await using var store = await Store.Open(new StoreOptions(database), ConfigurationEvents.All, Migration.In(typeof(DeliveriesProjection).Assembly, "projections"), stop);
        await Write(store, stop);
        await using (var connection = await Ground.Connect(database)) await Ground.Run(connection, "vacuum analyze mt_events");

        const int Events = 3 * Published;
        var (ours, floor) = await Rounds.InTurns(3,
            async () =>
            {
                var running = Stopwatch.StartNew();
                await new Rebuild(store, DeliveriesProjection.Projection).Whole(null, stop);
                return Events / running.Elapsed.TotalSeconds;
            },
            async () =>
            {
                var (running, from, read) = (Stopwatch.StartNew(), Position.Start, 0);
                for (var full = true; full;)
                {
                    var page = await store.ReadFeed(from, 5_000, stop: stop);
                    (from, full, read) = (page.UpTo, page.Full, read + page.Events.Count);
                }
                return read == Events ? read / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"{read} events came.");
            });
        print(new("rebuild", ours, "events/s", floor, new(AtLeast: 100_000)));
    }

    /// <summary>What a day of publishing leaves: each event published, routed, and delivered at the first attempt.</summary>
    private static async Task Write(Store store, CancellationToken stop)
    {
        var now = DateTimeOffset.UtcNow;
        var by = new EventMetadata(now, "bench");
        for (var from = 0; from < Published; from += 250)
        {
            var appends = Enumerable.Range(from, 250).SelectMany(n =>
            {
                var workspace = store.For($"ws-{n % 50}");
                var (@event, delivery) = ($"evt_{n:x26}", $"dlv_{n:x26}");
                return new[]
                {
                    workspace.Prepare(@event, "published_event", 0,
                    [
                        new PublishedEventEvent.EventPublished($"{n}", "bench", "order.created", null, null, null, null, 200, "", now),
                        new PublishedEventEvent.EventRouted(now, [new PlannedDelivery(delivery, "rul_1", "con_1")], now),
                    ], by),
                    workspace.Prepare(delivery, "delivery", 0,
                        [new DeliveryEvent.DeliverySucceeded(new DeliveryTarget(@event, now, "con_1", "rul_1"), new Attempt(1, now, 3.5, "delivered", 200, null, 0), now)], by),
                };
            });
            await store.AppendTogether([.. appends], stop);
        }
    }
}
