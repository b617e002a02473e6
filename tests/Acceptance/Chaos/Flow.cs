using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>
/// A workspace whose events all go to one receiver, and a publisher that behaves as it should: it repeats what was not answered, with the same id.
/// </summary>
internal sealed class Flow : IAsyncDisposable
{
    internal const string Workspace = "acme";
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly ConcurrentDictionary<string, bool> accepted = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> arrived = new();
    private readonly Receiver receiver;
    private string secret = "";
    private int badlySigned;

    private Flow(Receiver receiver)
    {
        this.receiver = receiver;
        receiver.OnArrival = Take;
    }

    /// <summary>Who its publisher is, at every node.</summary>
    public WorkspaceKeys Keys { get; } = new();

    public int Accepted => accepted.Count;

    /// <summary>Where its events go.</summary>
    public Receiver Target => receiver;

    public static async Task<Flow> Start(EventMeshProcess node)
    {
        var flow = new Flow(await Receiver.Start());
        using var admin = flow.Keys.Client(node);
        await Post(admin, "/v1/workspaces", new { id = Workspace, name = "Acme", plan = "enterprise" });
        var connection = await Post(admin, $"/v1/workspaces/{Workspace}/connections",
            new { name = "target", kind = "webhook", config = new { url = flow.receiver.Url("/hook"), retry_schedule = Enumerable.Repeat(1, 20) } });
        flow.secret = connection.GetProperty("secret").GetString()!;
        await Post(admin, $"/v1/workspaces/{Workspace}/rules",
            new { name = "all", filter = new { type = new[] { "order.*" } }, connections = new[] { connection.GetProperty("id").GetString() } });
        return flow;
    }

    /// <summary>Publishes events to the nodes in turns until each is accepted, whatever happens to the nodes meanwhile.</summary>
    public Task Publish(int count, params EventMeshProcess[] nodes)
    {
        var (next, clients) = (-1, nodes.Select(Keys.Client).ToArray());
        return Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < count;) await Publish(clients, $"event-{number}");
        }));
    }

    private async Task Publish(HttpClient[] clients, string id)
    {
        await Publish(clients, id, $$"""{"id":"{{id}}"}""");
        accepted[id] = true;
    }

    /// <summary>Publishes an event to one node after the other until one accepts it.</summary>
    internal static Task Publish(HttpClient[] clients, string id, string data)
    {
        var body = $$"""{"specversion":"1.0","id":"{{id}}","source":"chaos","type":"order.created","data":{{data}} }""";
        var turn = id.GetHashCode(StringComparison.Ordinal) & int.MaxValue;
        return Eventually.True(async () =>
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/cloudevents+json") } };
            try
            {
                using var answer = await clients[turn++ % clients.Length].PostAsync($"/v1/workspaces/{Workspace}/events", content);
                if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK) return true;
                Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable, $"Publishing was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                return false;
            }
            catch (HttpRequestException)
            {
                return false; // the node is away; a publisher asks again
            }
        }, Deadline, $"{id} to be accepted");
    }

    /// <summary>Waits until every accepted event has arrived, and checks that each came under one webhook-id, rightly signed.</summary>
    public async Task EverythingArrives()
    {
        await Eventually.True(() => Task.FromResult(accepted.Keys.All(arrived.ContainsKey)), Deadline,
            $"all of {accepted.Count} accepted events to arrive ({accepted.Keys.Count(id => !arrived.ContainsKey(id))} lacked when the wait began)");
        Assert.Equal(0, badlySigned);
        Assert.All(arrived, a => Assert.Single(a.Value.Distinct()));
        Assert.Equal(arrived.Count, arrived.Values.Select(ids => ids.First()).Distinct().Count());
    }

    private void Take(Arrival arrival)
    {
        if (!arrival.IsSignedWith(secret)) Interlocked.Increment(ref badlySigned);
        using var body = JsonDocument.Parse(arrival.Body);
        arrived.GetOrAdd(body.RootElement.GetProperty("id").GetString()!, _ => []).Add(arrival.WebhookId);
    }

    internal static async Task<JsonElement> Post(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}
