using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventMesh.Api;
using EventMesh.Api.Edge;
using EventMesh.Api.Hosting;
using EventMesh.Api.Telemetry;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EventMesh.Tests.Benchmarks.Delivering;

/// <summary>The HTTP edge alone, in this process, on a database of its own, with one workspace that is published to by whoever entered.</summary>
internal sealed class Edge : IAsyncDisposable
{
    private const string Admin = "the-admin-of-this-benchmark";
    private const string Workspace = "acme";
    private static readonly string Data = new('x', 900);

    private readonly Store store;
    private readonly WebApplication app;
    private readonly JsonLines lines;
    private readonly HttpClient http;
    private long sent;

    private Edge(Store store, WebApplication app, JsonLines lines) =>
        (this.store, this.app, this.lines, http) = (store, app, lines, new HttpClient { BaseAddress = new(app.Urls.First()) });

    /// <param name="masterKeys">Null stores bodies as they are.</param>
    public static async Task<Edge> Start(Ground ground, IMasterKeys? masterKeys)
    {
        var database = await ground.Postgres.CreateDatabase("edge");
        var home = Path.Combine(Path.GetTempPath(), "eventmesh-bench-edge");
        var given = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_PORT"] = "0", ["EVENTMESH_ROLES"] = "api", ["EVENTMESH_ADMIN_TOKEN"] = Admin, ["EVENTMESH_HOME"] = home };
        var settings = Settings.Read(given.GetValueOrDefault);
        var store = await OpenStore.Open(database, masterKeys);
        var lines = new JsonLines(Stream.Null, TimeProvider.System);
        var app = Application.Build(settings, store, AdminToken.In(settings), lines);
        await app.StartAsync();
        await app.Services.GetRequiredService<IndexFollower>().Fresh(TimeSpan.FromSeconds(30), CancellationToken.None);
        var edge = new Edge(store, app, lines);
        await edge.Post("/v1/workspaces", new { id = Workspace, name = "Acme", plan = "enterprise" }, Admin);
        await edge.Post($"/v1/workspaces/{Workspace}", new { limits = new { events_per_second = 1_000_000, events_burst = 2_000_000, events_per_month = 1_000_000_000 } }, Admin, HttpMethod.Patch);
        return edge;
    }

    /// <summary>From now on the holder of an API key publishes.</summary>
    public async Task EnterWithKey() => Bear(await Key());

    /// <summary>From now on a service account publishes, with a token of the workspace's own issuer.</summary>
    public async Task EnterWithToken()
    {
        var operators = await Key();
        var account = (await Post($"/v1/workspaces/{Workspace}/service-accounts", new { name = "bench", roles = new[] { "publisher" } }, operators)).GetProperty("id").GetString()!;
        var secret = (await Post($"/v1/workspaces/{Workspace}/service-accounts/{account}/credentials", new { kind = "secret" }, operators)).GetProperty("secret").GetString()!;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = account, ["client_secret"] = secret });
        using var answer = await http.PostAsync($"/issuers/{Workspace}/token", form);
        answer.EnsureSuccessStatusCode();
        Bear((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!);
    }

    /// <summary>Events a second that are accepted.</summary>
    public Task<double> PerSecond(int callers, TimeSpan length) => Rounds.PerSecond(callers, length, async (_, _) =>
    {
        var number = Interlocked.Increment(ref sent);
        var body = $$"""{"specversion":"1.0","id":"{{number}}","source":"bench","type":"order.created","data":{"number":{{number}},"text":"{{Data}}"} }""";
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/cloudevents+json") } };
        using var answer = await http.PostAsync($"/v1/workspaces/{Workspace}/events", content);
        answer.EnsureSuccessStatusCode();
    });

    private async Task<string> Key() => (await Post($"/v1/workspaces/{Workspace}/keys", new { name = "bench" }, Admin)).GetProperty("key").GetString()!;

    private void Bear(string token) => http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    private async Task<JsonElement> Post(string path, object body, string token, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = new("Bearer", token) } };
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await store.DisposeAsync();
        await lines.DisposeAsync();
    }
}
