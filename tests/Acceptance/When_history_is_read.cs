using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_history_is_read(RunningMesh mesh)
{
    [Fact]
    public async Task The_feed_is_one_object_a_line_in_order_and_goes_on_after_any_position()
    {
        var workspace = await mesh.Workspace();
        for (var i = 0; i < 5; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        var all = await Lines(workspace, "", 9);
        Assert.Equal(["workspace_created", "data_key_created", "issuer_key_added", "api_key_issued", .. Enumerable.Repeat("event_published", 5)], all.Select(e => e["type"]!.GetValue<string>()));
        var positions = all.Select(Position).ToArray();
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(["position", "id", "workspace", "stream", "version", "type", "at", "data", "correlation_id", "causation_id", "actor", "dotnet_type", "headers"], all[0].Select(m => m.Key));
        Assert.Equal(positions[5..], (await Lines(workspace, "?after=" + positions[4], 4)).Select(Position));
        Assert.Equal(positions[5..7], (await Lines(workspace, $"?after={positions[4]}&limit=2", 2)).Select(Position));
        Assert.Empty(await Lines(workspace, "?after=" + positions[^1], 0));
    }

    [Theory]
    [InlineData("?after=x", "after"), InlineData("?limit=0", "limit"), InlineData("?limit=1000001", "limit"), InlineData("?limit=a", "limit")]
    public async Task A_wrong_query_is_refused(string query, string field)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Get("/feed" + query)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, "");
    }

    [Fact]
    public async Task A_follower_hears_what_happens_and_resumes_where_it_stopped()
    {
        var workspace = await mesh.Workspace();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string first, second;
        using (var follower = await Follow(workspace, null, deadline.Token))
        {
            foreach (var type in new[] { "workspace_created", "data_key_created", "issuer_key_added", "api_key_issued" }) Assert.Equal(type, (await Next(follower, deadline.Token)).Data["type"]!.GetValue<string>());
            (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
            var heard = await Next(follower, deadline.Token);
            Assert.Equal(heard.Id, Position(heard.Data));
            first = heard.Id;
        }
        second = (await workspace.Publish(Workspace.Event("2"))).Is(HttpStatusCode.Accepted)["position"];
        using var resumed = await Follow(workspace, first, deadline.Token);
        Assert.Equal(second, (await Next(resumed, deadline.Token)).Id);
        var third = (await workspace.Publish(Workspace.Event("3"))).Is(HttpStatusCode.Accepted)["position"];
        Assert.Equal(third, (await Next(resumed, deadline.Token)).Id);
    }

    [Fact]
    public async Task A_stream_is_paged_and_one_that_is_not_there_is_404()
    {
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection();
        for (var i = 0; i < 4; i++) (await workspace.Patch("/connections/" + connection, $$"""{"name":"n{{i}}"}""")).Is(HttpStatusCode.OK);
        var versions = new List<int>();
        for (string? next = ""; next is not null;)
        {
            var page = (await workspace.Get($"/streams/{connection}?limit=2{(next.Length > 0 ? "&cursor=" + next : "")}")).Is(HttpStatusCode.OK);
            versions.AddRange(page.Items.Select(e => e["version"]!.GetValue<int>()));
            next = page.Next;
        }
        Assert.Equal([1, 2, 3, 4, 5], versions);
        (await workspace.Get("/streams/con_none")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Lists_are_paged_without_a_gap_or_a_repeat()
    {
        var workspace = await mesh.Workspace();
        var connections = new List<string>();
        for (var i = 0; i < 5; i++) connections.Add(await workspace.Connection());
        (await workspace.Delete("/connections/" + connections[1])).Is(HttpStatusCode.NoContent);
        for (var i = 0; i < 5; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        connections.RemoveAt(1);
        Assert.Equal(connections.Order(StringComparer.Ordinal), await Pages(workspace, "/connections", "id"));
        Assert.Equal(["4", "3", "2", "1", "0"], await Pages(workspace, "/events", "cloud_event_id"));
        foreach (var wrong in new[] { "?limit=0", "?limit=201", "?limit=x", "?cursor=%00" })
            (await workspace.Get("/connections" + wrong)).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await workspace.Get("/events?cursor=eA")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("cursor", "next");
    }

    private static async Task<List<string>> Pages(Workspace workspace, string list, string member)
    {
        var found = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = (await workspace.Get($"{list}?limit=2{(next.Length > 0 ? "&cursor=" + next : "")}")).Is(HttpStatusCode.OK);
            Assert.InRange(page.Items.Count, 0, 2);
            found.AddRange(page.Items.Select(i => i[member]!.GetValue<string>()));
            next = page.Next;
        }
        return found;
    }

    /// <summary>What is committed is in the feed as soon as no earlier transaction is still under way: milliseconds.</summary>
    private static async Task<List<JsonObject>> Lines(Workspace workspace, string query, int expected)
    {
        List<JsonObject> lines = [];
        await Eventually.True(async () =>
        {
            var answer = (await workspace.Get("/feed" + query)).Is(HttpStatusCode.OK);
            Assert.Equal("application/x-ndjson", answer.ContentType);
            lines = [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
            return lines.Count >= expected;
        }, TimeSpan.FromSeconds(30), $"{expected} events in the feed");
        Assert.Equal(expected, lines.Count);
        return lines;
    }

    private static string Position(JsonObject line) => line["position"]!.GetValue<string>();

    private static async Task<StreamReader> Follow(Workspace workspace, string? lastEventId, CancellationToken deadline)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, workspace.Path + "/feed");
        request.Headers.Accept.Add(new("text/event-stream"));
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await workspace.Caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync(deadline));
    }

    private static async Task<(string Id, JsonObject Data)> Next(StreamReader follower, CancellationToken deadline)
    {
        string? id = null, data = null;
        while (await follower.ReadLineAsync(deadline) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line.Length == 0 && data is not null) return (id!, JsonNode.Parse(data)!.AsObject());
        }
        throw new InvalidOperationException("The feed ended.");
    }
}
