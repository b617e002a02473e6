using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Api.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed partial class JsonLinesTests
{
    [Fact]
    public async Task A_line_is_flat_json_in_snake_case_with_the_fields_that_all_share()
    {
        var lines = await Logged(log => Happened(log, "acme", "production", "key_1", "a \"b\"\n", 1.5, null));
        var line = Assert.Single(lines);
        Assert.Equal(("info", "thing.happened", "acme", "production", "key_1", "a \"b\"\n", 1.5), (
            Text("level"), Text("event"), Text("tenant_id"), Text("environment"), Text("actor"), Text("some_text"), line["duration_ms"]!.GetValue<double>()));
        Assert.True(line.AsObject().ContainsKey("nothing"));
        Assert.EndsWith("Z", Text("at"), StringComparison.Ordinal);

        string Text(string name) => line[name]!.GetValue<string>();
    }

    [Fact]
    public async Task A_line_of_no_workspace_says_so()
    {
        var line = Assert.Single(await Logged(log => Failed(log, new InvalidOperationException("broken"))));
        Assert.True(line.AsObject().ContainsKey("tenant_id"));
        Assert.Null(line["tenant_id"]);
        Assert.Equal("eventmesh", line["actor"]!.GetValue<string>());
        Assert.Contains("broken", line["exception"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<JsonNode[]> Logged(Action<ILogger> act)
    {
        using var output = new MemoryStream();
        var lines = new JsonLines(output, TimeProvider.System);
        act(lines.CreateLogger("EventMesh.Test"));
        await lines.DisposeAsync();
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
    }

    [LoggerMessage(EventName = "thing.happened", Level = LogLevel.Information, Message = "{TenantId} {Environment} {Actor} {SomeText} {DurationMs} {Nothing}")]
    private static partial void Happened(ILogger log, string tenantId, string environment, string actor, string someText, double durationMs, string? nothing);

    [LoggerMessage(EventName = "thing.failed", Level = LogLevel.Error, Message = "It failed")]
    private static partial void Failed(ILogger log, Exception failure);
}
