using System.Globalization;
using System.Net;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>Two workers on RabbitMQ, one of them killed with work in its hands: the other makes the attempts, and nobody has to wait behind anybody's backlog.</summary>
[Trait("Category", "Chaos")]
public sealed class When_a_worker_is_killed
{
    private const string AllButWorker = "api,fanout,dispatcher,projections";
    // What one connection runs at once on a node.
    private const int AtOnce = 32;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") is { Length: > 0 } rounds ? rounds : "1", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public static TheoryData<int> RoundsOfRabbitMq => [.. Enumerable.Range(1, Rounds)];

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task What_it_held_is_delivered_by_the_other_under_the_same_ids(int round)
    {
        _ = round;
        await using var servers = await OwnServers.Start("rabbitmq");
        await using var edge = await servers.Node(AllButWorker);
        await using var doomed = await servers.Node("worker");
        await using var flow = await Flow.Start(edge);
        var answering = new TaskCompletionSource();
        flow.Target.Hold = (_, _) => answering.Task;
        await flow.Publish(500, edge);
        // It has taken all it may before there is another: nothing here depends on how fast two of them share.
        await Eventually.True(() => Task.FromResult(flow.Target.CountOf("/hook") >= AtOnce), Deadline, "the worker to have as many attempts under way as it may");
        await using var other = await servers.Node("worker");

        await doomed.Kill();
        answering.SetResult();

        await flow.EverythingArrives();
        Assert.True(flow.Target.CountOf("/hook") >= 500 + AtOnce, "Nothing was delivered again: the killed worker held nothing.");
    }

    [Theory, MemberData(nameof(RoundsOfRabbitMq))]
    public async Task A_quiet_workspace_is_served_while_another_floods_and_a_third_hangs_also_after_the_kill(int round)
    {
        _ = round;
        const int flood = 3_000;
        const int quiet = 40;
        await using var servers = await OwnServers.Start("rabbitmq");
        await using var edge = await servers.Node(AllButWorker);
        await using var doomed = await servers.Node("worker");
        await using var other = await servers.Node("worker");
        await using var target = await Receiver.Start();
        using var client = new WorkspaceKeys().Client(edge);
        foreach (var workspace in new[] { "flood", "stuck", "quiet" })
            await New(client, workspace, target.Url("/" + workspace));
        // The flood's target answers twenty for each event of the quiet one that arrives, so its backlog is there whatever the machine's speed.
        using var answers = new SemaphoreSlim(0);
        target.OnArrival = arrival =>
        {
            if (arrival.Path == "/quiet") answers.Release(20);
        };
        target.Hold = (path, _) => path == "/flood" ? answers.WaitAsync() : Task.CompletedTask;
        target.Answer = (path, _) => path == "/stuck" ? null : 200;
        await Publish(client, "stuck", 200);
        await Publish(client, "flood", flood);
        await Eventually.True(() => Task.FromResult(target.CountOf("/flood") >= AtOnce && target.CountOf("/stuck") >= AtOnce), Deadline, "the flood and the hanging target to be at work");

        for (var n = 1; n <= quiet; n++)
        {
            if (n == quiet / 2) await doomed.Kill();
            await Publish(client, "quiet", 1, from: n);
            await Eventually.True(() => Task.FromResult(target.CountOf("/quiet") >= n), Deadline, $"event {n} of the quiet workspace to arrive");
        }

        Assert.InRange(target.CountOf("/flood"), AtOnce, flood / 2);
        answers.Release(2 * flood);
        await Eventually.True(() => Task.FromResult(target.CountOf("/flood") >= flood), Deadline, "the flood to be delivered, too");
    }

    private static async Task New(HttpClient client, string workspace, Uri url)
    {
        await Flow.Post(client, "/v1/workspaces", new { id = workspace, name = workspace, plan = "enterprise" });
        var connection = await Flow.Post(client, $"/v1/workspaces/{workspace}/connections", new { name = "target", kind = "webhook", config = new { url, retry_schedule = Enumerable.Repeat(1, 20) } });
        await Flow.Post(client, $"/v1/workspaces/{workspace}/rules", new { name = "all", filter = new { type = new[] { "order.*" } }, connections = new[] { connection.GetProperty("id").GetString() } });
    }

    private static async Task Publish(HttpClient client, string workspace, int count, int from = 0)
    {
        foreach (var batch in Enumerable.Range(from, count).Chunk(100))
        {
            var events = string.Join(',', batch.Select(n => $$"""{"specversion":"1.0","id":"event-{{n}}","source":"chaos","type":"order.created"}"""));
            using var content = new StringContent($"[{events}]", Encoding.UTF8, "application/cloudevents-batch+json");
            using var answer = await client.PostAsync($"/v1/workspaces/{workspace}/events", content);
            Assert.True(answer.StatusCode is HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        }
    }
}
