using System.Collections.Concurrent;
using System.Net;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_telemetry_is_exported
{
    [Fact]
    public async Task Traces_metrics_and_logs_arrive_by_otlp_with_the_workspace_and_without_payloads()
    {
        await using var collector = new Collector();
        var database = await (await PostgresServer.Shared).CreateDatabase("otlp");
        await using var process = await EventMeshProcess.Start(new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = database,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200", ["OTEL_BLRP_SCHEDULE_DELAY"] = "200", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        });
        var workspace = await Workspace.New(process);
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        const string secret = "a-payload-that-nobody-may-export";
        var published = (await workspace.Publish(Workspace.Event("1", further: $",\"data\":\"{secret}\""), ("traceparent", $"00-{trace}-b7ad6b7169203331-01"))).Is(HttpStatusCode.Accepted);

        var source = (await workspace.Post("/sources", """{"name":"s","verification":{"kind":"api_key","query":"key"}}""")).Is(System.Net.HttpStatusCode.Created);
        (await workspace.Caller.Post($"{source["receive_at"]}?key={source["secret"]}", "{}", ("traceparent", $"00-{trace}-b7ad6b7169203331-01"))).Is(System.Net.HttpStatusCode.Accepted);
        (await workspace.Caller.Post($"{source["receive_at"]}?key=another", "{}")).Is(System.Net.HttpStatusCode.Unauthorized);

        await Eventually.True(() => Task.FromResult(
            collector.Has("/v1/traces", Convert.FromHexString(trace), "eventmesh", "tenant_id", workspace.Id, "environment", "production", published["id"])
            && collector.Has("/v1/logs", Convert.FromHexString(trace), "tenant_id", workspace.Id, published["id"])
            && collector.Has("/v1/traces", [], source["id"]) && collector.Has("/v1/logs", [], "mismatch", source["id"])
            && collector.Has("/v1/metrics", [], "eventmesh.events.accepted", "eventmesh.inbound.refused", "mismatch", "/in/{token}", "http.server.request.duration")), TimeSpan.FromSeconds(60), "all three to arrive");
        Assert.False(collector.Has(secret));
        Assert.False(collector.Has("emk_"));
        // The token in the address, and a key in the query.
        Assert.False(collector.Has("emi_"));
        Assert.False(collector.Has(source["secret"]));
        Assert.False(collector.Has(process.AdminToken));
        // Not only of this request: what follows from it is part of the trace.
        Assert.Equal($"00-{trace}", (await Traceparent(database, published["id"]))[..35]);
    }

    private static async Task<string> Traceparent(string database, string stream)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select headers ->> 'traceparent' from public.mt_events where stream_id = $1 and version = 1", connection) { Parameters = { new() { Value = stream } } };
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A collector that keeps what it is sent, as it is sent.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
        private readonly HttpListener listener = new();
        private readonly Task listening;

        public Collector()
        {
            using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            free.Stop();
            listener.Prefixes.Add(Address + "/");
            listener.Start();
            listening = Listen();
        }

        public string Address { get; }

        /// <summary>Whether the bodies sent to a path hold some bytes and all of some texts.</summary>
        public bool Has(string path, byte[] bytes, params string[] texts)
        {
            var whole = received.Where(r => r.Path == path).SelectMany(r => r.Body).ToArray().AsSpan();
            foreach (var text in texts)
                if (whole.IndexOf(Encoding.UTF8.GetBytes(text)) < 0) return false;
            return whole.IndexOf(bytes) >= 0;
        }

        public bool Has(string text) => received.Any(r => r.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

        private async Task Listen()
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                    context.Response.ContentType = "application/x-protobuf";
                    context.Response.Close();
                }
            }
            catch (HttpListenerException)
            {
                // It was stopped.
            }
            catch (ObjectDisposedException)
            {
                // It was stopped.
            }
        }

        public async ValueTask DisposeAsync()
        {
            listener.Close();
            await listening;
        }
    }
}
