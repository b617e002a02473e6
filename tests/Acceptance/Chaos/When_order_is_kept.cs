using System.Globalization;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>
/// kill -9 in the middle of 800 events of 20 keys, with a receiver that fails now and then: each key's events arrive in the order in which they were accepted,
/// none before the one ahead of it was answered 2xx; an event may come twice, but not after a newer one.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class When_order_is_kept
{
    private const int EventsPerKey = 40;
    private const string RabbitMq = "rabbitmq";

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") is { Length: > 0 } rounds ? rounds : "1", CultureInfo.InvariantCulture);

    public static TheoryData<string, int> RoundsOfBroker => [.. Enumerable.Range(1, Rounds).Select(round => (OwnServers.Broker, round))];
    public static TheoryData<int> RoundsOfRabbitMq => [.. Enumerable.Range(1, Rounds)];

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task One_of_two_nodes_stays_dead_and_the_other_keeps_the_order(int round)
    {
        await using var servers = await OwnServers.Start(RabbitMq);
        await using var doomed = await servers.Node();
        await using var flow = await OrderedFlow.Start(doomed);
        await using var other = await servers.Node();
        var publishing = flow.Publish(EventsPerKey, doomed, other);
        await Midway(flow, round);
        await doomed.Kill();
        await publishing;
        await flow.EverythingArrivesInOrder(EventsPerKey);
    }

    [Theory, MemberData(nameof(RoundsOfBroker))]
    public async Task The_process_is_started_again_and_keeps_the_order(string broker, int round)
    {
        await using var servers = await OwnServers.Start(broker);
        await using var node = await servers.Node();
        await using var flow = await OrderedFlow.Start(node);
        var publishing = flow.Publish(EventsPerKey, node);
        await Midway(flow, round);
        await node.Kill();
        await node.StartAgain();
        await publishing;
        await flow.EverythingArrivesInOrder(EventsPerKey);
    }

    [Theory, MemberData(nameof(RoundsOfBroker))]
    public async Task PostgreSQL_is_started_again_and_the_order_is_kept(string broker, int round)
    {
        await using var servers = await OwnServers.Start(broker);
        await using var node = await servers.Node();
        await using var flow = await OrderedFlow.Start(node);
        var publishing = flow.Publish(EventsPerKey, node);
        await Midway(flow, round);
        await servers.Postgres.Kill();
        await servers.Postgres.StartAgain();
        await publishing;
        await flow.EverythingArrivesInOrder(EventsPerKey);
    }

    /// <summary>Another moment each round.</summary>
    private static Task Midway(OrderedFlow flow, int round) =>
        Eventually.True(() => Task.FromResult(flow.Accepted >= 100 + 70 * (round % 9)), TimeSpan.FromSeconds(60), "the middle of the events");
}
