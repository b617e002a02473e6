using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_telemetry_is_exported
{
    [Fact]
    public async Task Traces_metrics_and_logs_arrive_by_otlp_with_the_workspace_and_without_payloads()
    {
        await using var collector = new OtlpCollector();
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
}
