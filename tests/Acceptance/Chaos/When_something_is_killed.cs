using System.Globalization;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>
/// kill -9 in the middle of 2,000 events: nothing that was accepted is lost, and each delivery reaches its receiver under one webhook-id.
/// ROUNDS repeats each; BROKER=rabbitmq puts RabbitMQ under all of them.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class When_something_is_killed
{
    private const int Events = 2_000;
    private const string RabbitMq = "rabbitmq";

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") is { Length: > 0 } rounds ? rounds : "1", CultureInfo.InvariantCulture);

    public static TheoryData<string, int> RoundsOfBroker => [.. Enumerable.Range(1, Rounds).Select(round => (OwnServers.Broker, round))];
    public static TheoryData<int> RoundsOfRabbitMq => [.. Enumerable.Range(1, Rounds)];

    [Theory, MemberData(nameof(RoundsOfBroker))]
    public async Task The_process_is_started_again_and_everything_arrives(string broker, int round)
    {
        await using var servers = await OwnServers.Start(broker);
        await using var node = await servers.Node();
        await using var flow = await Flow.Start(node);
        var publishing = flow.Publish(Events, node);
        await Midway(flow, round);
        await node.Kill();
        await node.StartAgain();
        await publishing;
        await flow.EverythingArrives();
    }

    [Theory, MemberData(nameof(RoundsOfBroker))]
    public async Task PostgreSQL_is_started_again_and_everything_arrives(string broker, int round)
    {
        await using var servers = await OwnServers.Start(broker);
        await using var node = await servers.Node();
        await using var flow = await Flow.Start(node);
        var publishing = flow.Publish(Events, node);
        await Midway(flow, round);
        await servers.Postgres.Kill();
        await servers.Postgres.StartAgain();
        await publishing;
        await flow.EverythingArrives();
    }

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task RabbitMQ_is_started_again_and_everything_arrives(int round)
    {
        await using var servers = await OwnServers.Start(RabbitMq);
        await using var node = await servers.Node();
        await using var flow = await Flow.Start(node);
        var publishing = flow.Publish(Events, node);
        await Midway(flow, round);
        await servers.RabbitMq!.Kill();
        await servers.RabbitMq.StartAgain();
        await publishing;
        await flow.EverythingArrives();
    }

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task One_of_two_nodes_stays_dead_and_the_other_takes_over(int round)
    {
        await using var servers = await OwnServers.Start(RabbitMq);
        await using var doomed = await servers.Node();
        await using var flow = await Flow.Start(doomed);
        await using var other = await servers.Node();
        var publishing = flow.Publish(Events, doomed, other);
        await Midway(flow, round);
        await doomed.Kill();
        await publishing;
        await flow.EverythingArrives();
    }

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task A_queue_is_deleted_with_what_waits_in_it_and_everything_arrives(int round)
    {
        _ = round;
        await using var servers = await OwnServers.Start(RabbitMq);
        await using var node = await servers.Node("api,fanout,dispatcher,projections");
        await using var flow = await Flow.Start(node);
        await flow.Publish(300, node);
        await Eventually.True(async () => (await servers.RabbitMq!.Ctl("list_queues", "--silent", "name", "messages_ready")).Contains("eventmesh.ws.acme.dispatch\t300", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), "deliveries to wait in the queue");

        await servers.RabbitMq!.Ctl("delete_queue", "eventmesh.ws.acme.dispatch");
        await flow.Publish(301, node);
        await using var worker = await servers.Node("worker");
        await flow.EverythingArrives();
    }

    /// <summary>Another moment each round.</summary>
    private static Task Midway(Flow flow, int round) =>
        Eventually.True(() => Task.FromResult(flow.Accepted >= 200 + 170 * (round % 9)), TimeSpan.FromSeconds(60), "the middle of the events");
}
