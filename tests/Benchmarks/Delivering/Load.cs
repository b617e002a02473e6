using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Benchmarks.Delivering;

/// <summary>
/// The built executable with its publishers and its target, all on this machine: events go in over HTTP one by one, and each is verified where it arrives
/// (its signature, and that it is the first of its id).
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (string Workspace, long Begun)> underWay = new();
    private readonly ConcurrentDictionary<string, string> secrets = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> milliseconds = new();
    private readonly HttpClient http;
    private readonly Receiver receiver;
    private long sent;
    private long arrived;
    private int faults;

    private readonly IReadOnlyDictionary<string, string> settings;

    private Load(EventMeshProcess node, Receiver receiver, IReadOnlyDictionary<string, string> settings)
    {
        (Node, this.receiver, http, this.settings) = (node, receiver, new WorkspaceKeys().Client(node), settings);
        receiver.OnArrival = Take;
    }

    public EventMeshProcess Node { get; }
    public long Arrived => Interlocked.Read(ref arrived);
    public int UnderWay => underWay.Count;

    /// <summary>Connection string of the superuser to the platform's database.</summary>
    public string Database => settings["EVENTMESH_POSTGRES"];

    /// <param name="rabbitMq">The broker's address; null queues in the process.</param>
    /// <param name="roles">Of the node that is published to; others are started with <see cref="Another"/>.</param>
    public static async Task<Load> Start(Ground ground, string? rabbitMq = null, string roles = "all")
    {
        var settings = new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = await ground.Postgres.CreateDatabase("delivering"),
            ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8",
            ["EVENTMESH_ROLES"] = roles,
        };
        if (rabbitMq is not null) settings["EVENTMESH_RABBITMQ"] = rabbitMq;
        return new(await EventMeshProcess.Start(settings), await Receiver.Start(), settings);
    }

    /// <summary>One more node on the same database and broker. It is the caller's.</summary>
    public Task<EventMeshProcess> Another(string roles) => EventMeshProcess.Start(new Dictionary<string, string>(settings) { ["EVENTMESH_ROLES"] = roles });

    /// <summary>Makes workspaces with a connection to the target and a rule each, sixteen at a time.</summary>
    /// <param name="ordering">By what the rule orders; null for none.</param>
    /// <param name="rules">Of each workspace; only the first of them matches what is published.</param>
    /// <param name="target">Where the connections lead; null for the target that verifies.</param>
    public Task Workspaces(IEnumerable<string> workspaces, object? ordering = null, int rules = 1, Receiver? target = null) => Parallel.ForEachAsync(workspaces, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (workspace, stop) =>
    {
        await Post("/v1/workspaces", new { id = workspace, name = workspace, plan = "enterprise" }, stop);
        var connection = await Post($"/v1/workspaces/{workspace}/connections", new { name = "target", kind = "webhook", config = new { url = (target ?? receiver).Url("/" + workspace) } }, stop);
        secrets[workspace] = connection.GetProperty("secret").GetString()!;
        await Post($"/v1/workspaces/{workspace}/rules", new { name = "all", filter = new { type = new[] { "order.*" } }, connections = new[] { connection.GetProperty("id").GetString() }, ordering }, stop);
        for (var more = 1; more < rules; more++)
            await Post($"/v1/workspaces/{workspace}/rules", new { name = $"more {more}", filter = new { type = new[] { "invoice.*" } }, connections = new[] { connection.GetProperty("id").GetString() } }, stop);
    });

    /// <summary>Gives a workspace limits of its own.</summary>
    public async Task Limit(string workspace, object limits)
    {
        using var now = await http.GetAsync($"/v1/workspaces/{workspace}");
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/v1/workspaces/{workspace}") { Content = JsonContent.Create(new { limits }, new MediaTypeHeaderValue("application/merge-patch+json")) };
        patch.Headers.IfMatch.Add(now.Headers.ETag!);
        using var answer = await http.SendAsync(patch);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The limits were answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Lets the target hang for a workspace until the caller gives up.</summary>
    public void Hang(string? workspace) => receiver.Answer = (path, _) => path == "/" + workspace ? null : 200;

    public async Task Publish(string workspace, string subject = "order-7")
    {
        if (!await TryPublish(workspace, subject)) throw new InvalidOperationException($"{workspace} was held to its plan.");
    }

    /// <returns>False when the workspace's plan did not let it through.</returns>
    public async Task<bool> TryPublish(string workspace, string subject = "order-7")
    {
        var number = Interlocked.Increment(ref sent);
        var id = $"{workspace}-{number:x}";
        underWay[id] = (workspace, Stopwatch.GetTimestamp());
        using var content = new ByteArrayContent(Sample.Event(id, subject)) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") } };
        using var answer = await http.PostAsync($"/v1/workspaces/{workspace}/events", content);
        if (answer.StatusCode == HttpStatusCode.TooManyRequests) return !underWay.TryRemove(id, out _);
        if (answer.StatusCode != HttpStatusCode.Accepted) throw new InvalidOperationException($"Publishing was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return true;
    }

    /// <summary>Publishes at a steady rate until told to stop, whatever the answer.</summary>
    /// <returns>How many were let through.</returns>
    public async Task<int> Flood(string workspace, int perSecond, CancellationToken stop)
    {
        var (running, publishing) = (Stopwatch.StartNew(), new List<Task<bool>>());
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!stop.IsCancellationRequested && await ticks.WaitForNextTickAsync(CancellationToken.None))
            while (publishing.Count < running.Elapsed.TotalSeconds * perSecond) publishing.Add(TryPublish(workspace));
        return (await Task.WhenAll(publishing)).Count(through => through);
    }

    /// <summary>Publishes <paramref name="count"/> events from 64 callers and waits until all have arrived.</summary>
    /// <returns>Events a second from the first publish to the last arrival.</returns>
    public async Task<double> PerSecond(int count, Func<int, string> workspace, Func<int, string>? subject = null)
    {
        var (next, running, before) = (-1, Stopwatch.StartNew(), Arrived);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) < count;) await Publish(workspace(n), subject?.Invoke(n) ?? "order-7");
        }));
        await Eventually.True(() => Task.FromResult(Arrived - before >= count), TimeSpan.FromSeconds(120), "every event to arrive");
        if (faults > 0) throw new InvalidOperationException($"{faults} arrivals were not what was sent.");
        return count / running.Elapsed.TotalSeconds;
    }

    /// <summary>Publishes at a steady rate, whatever becomes of it, and gives the times from publishing to arrival in milliseconds.</summary>
    public async Task<double[]> Milliseconds(string workspace, int perSecond, TimeSpan length)
    {
        var (running, count) = (Stopwatch.StartNew(), (int)(perSecond * length.TotalSeconds));
        milliseconds[workspace] = [];
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / perSecond));
        var publishing = new List<Task>(count);
        while (publishing.Count < count && await ticks.WaitForNextTickAsync())
            while (publishing.Count < Math.Min(count, running.Elapsed.TotalSeconds * perSecond)) publishing.Add(Publish(workspace));
        await Task.WhenAll(publishing);
        await Eventually.True(() => Task.FromResult(milliseconds[workspace].Count >= count), TimeSpan.FromSeconds(60), $"the events of {workspace} to arrive");
        return [.. milliseconds[workspace].Order()];
    }

    private void Take(Arrival arrival)
    {
        var id = IdOf(arrival.Body);
        if (!arrival.IsSignedWith(secrets[arrival.Path[1..]]) || !underWay.TryRemove(id, out var one))
        {
            Interlocked.Increment(ref faults);
            return;
        }
        if (milliseconds.TryGetValue(one.Workspace, out var times)) times.Add(Stopwatch.GetElapsedTime(one.Begun).TotalMilliseconds);
        Interlocked.Increment(ref arrived);
    }

    private static string IdOf(byte[] body)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
            if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("id"u8))
            {
                json.Read();
                return json.GetString()!;
            }
        throw new JsonException("An event arrived without an id.");
    }

    private async Task<JsonElement> Post(string path, object body, CancellationToken stop)
    {
        using var answer = await http.PostAsJsonAsync(path, body, stop);
        if (answer.StatusCode != HttpStatusCode.Created) throw new InvalidOperationException($"{path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Node.DisposeAsync();
        await receiver.DisposeAsync();
    }

    internal static class Sample
    {
        public static byte[] Event(string id, string subject = "order-7") => Encoding.UTF8.GetBytes(
            $$"""{"specversion":"1.0","id":"{{id}}","source":"bench","type":"order.created","subject":"{{subject}}","data":{"total":120,"currency":"EUR","customer":{"name":"Ada","email":"ada@example.com"},"lines":[1,2,3]} }""");
    }
}
