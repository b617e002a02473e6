using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>
/// A workspace whose events go to one receiver in the order of their keys. Each key has one publisher, which waits for the answer to one event before it sends the next; the
/// receiver fails now and then.
/// </summary>
internal sealed class OrderedFlow : IAsyncDisposable
{
    private const int Keys = 20;

    private readonly WorkspaceKeys keys = new();

    private readonly KeyedReceiver receiver;
    private int accepted;

    private OrderedFlow(KeyedReceiver receiver) => this.receiver = receiver;

    public int Accepted => Volatile.Read(ref accepted);

    public static async Task<OrderedFlow> Start(EventMeshProcess node)
    {
        var flow = new OrderedFlow(await KeyedReceiver.Start(repeats: true));
        // One in seven is refused at first, by a status that does not open the circuit.
        flow.receiver.Answer = (key, n, number) => Task.FromResult<int?>(number == 1 && (int.Parse(key) + n) % 7 == 0 ? 409 : 200);
        using var admin = flow.keys.Client(node);
        await Flow.Post(admin, "/v1/workspaces", new { id = Flow.Workspace, name = "Acme" });
        var connection = await Flow.Post(admin, $"/v1/workspaces/{Flow.Workspace}/connections",
            new { name = "target", kind = "webhook", config = new { url = flow.receiver.Url("/hook"), retry_schedule = Enumerable.Repeat(1, 20) } });
        await Flow.Post(admin, $"/v1/workspaces/{Flow.Workspace}/rules",
            new { name = "in order", connections = new[] { connection.GetProperty("id").GetString() }, ordering = new { key = "data.key" } });
        return flow;
    }

    /// <summary>Publishes so many events of each key to the nodes in turns, whatever happens to the nodes meanwhile.</summary>
    public Task Publish(int eventsPerKey, params EventMeshProcess[] nodes)
    {
        var clients = nodes.Select(keys.Client).ToArray();
        return Task.WhenAll(Enumerable.Range(0, Keys).Select(async key =>
        {
            for (var n = 0; n < eventsPerKey; n++)
            {
                await Flow.Publish(clients, $"{key}/{n}", $$"""{"key":"{{key}}","n":{{n}}}""");
                Interlocked.Increment(ref accepted);
            }
        }));
    }

    /// <summary>Waits until every event of every key has arrived, and checks that none ever came out of order.</summary>
    public async Task EverythingArrivesInOrder(int eventsPerKey)
    {
        await Eventually.True(() => Task.FromResult(Enumerable.Range(0, Keys).All(key => receiver.Delivered($"{key}") == eventsPerKey) || !receiver.Broken.IsEmpty), Flow.Deadline, "every key's events to arrive");
        Assert.Empty(receiver.Broken);
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}
