using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Feed;

public class When_the_feed_is_followed(RunningMesh mesh)
{
    [Fact]
    public async Task A_follower_of_what_does_not_happen_hears_how_far_it_has_come_and_resumes_from_there()
    {
        var workspace = await mesh.Workspace();
        await workspace.Publish(0, 5);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string reached;
        using (var follower = await Follow(workspace, "?type=rule_created", null, deadline.Token))
        {
            do reached = await Next(follower, "id: ", deadline.Token);
            while (string.CompareOrdinal(reached, (await workspace.Lines("/feed", 9))[^1].At("position")) < 0);
        }
        var rule = await workspace.Rule("""{"type":["x"]}""", await workspace.Connection());
        using var resumed = await Follow(workspace, "?type=rule_created", reached, deadline.Token);
        Assert.Equal(rule, JsonNode.Parse(await Next(resumed, "data: ", deadline.Token))!["stream"]!.GetValue<string>());
    }

    [Fact]
    public async Task One_that_asks_for_an_end_in_the_past_is_given_it_and_told_not_to_come_again()
    {
        var workspace = await mesh.Workspace();
        var all = await workspace.Lines("/feed", 4);
        var until = "?until=" + Uri.EscapeDataString(all[3].At("at"));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var follower = await Follow(workspace, until, null, deadline.Token);
        var ids = (await follower.ReadToEndAsync(deadline.Token)).Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l[6..])!["id"]!.GetValue<string>());
        Assert.Equal(all[..3].Ids(), ids);
        (await workspace.Get("/feed" + until, ("Accept", "text/event-stream"), ("Last-Event-ID", all[2].At("position")))).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task One_whose_key_is_revoked_or_loses_its_role_hears_no_more()
    {
        var workspace = await mesh.Workspace();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var (method, json) in new[] { (HttpMethod.Delete, ""), (HttpMethod.Patch, """{"roles":["publisher"]}""") })
        {
            var reader = (await workspace.Post("/keys", """{"name":"reader","roles":["auditor"]}""")).Is(HttpStatusCode.Created);
            var holder = workspace with { Key = reader["key"], Caller = new(mesh.Process.Client(reader["key"])) };
            using var follower = await Follow(holder, "", null, deadline.Token);
            await Next(follower, "data: ", deadline.Token);
            Assert.True((int)(await workspace.Send(method, "/keys/" + reader["id"], json)).Status < 300);
            // It ends; without that, the deadline would be reached.
            await follower.ReadToEndAsync(deadline.Token);
            Assert.True((await holder.Get("/feed")).Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Npm_s_eventsource_follows_and_resumes_after_the_server_was_killed()
    {
        await using var servers = await OwnServers.Start("inprocess");
        await using var node = await servers.Node();
        var workspace = await Workspace.New(node);
        using var client = new NodeScript("follow.mjs", $"{node.Address.OriginalString}{workspace.Path}/feed?type=event_published", workspace.Key);
        var heard = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            await workspace.Publish(round * 4, 4);
            while (heard.Count < (round + 1) * 4) heard.Add((await client.Json())["id"]!.GetValue<string>());
            await node.Kill();
            await node.StartAgain();
        }
        Assert.Equal((await workspace.Lines("/feed?type=event_published", 12)).Ids(), heard);
    }

    [Fact]
    public async Task Two_hundred_followers_who_do_not_read_cost_little_and_hold_nothing()
    {
        const int readers = 200, events = 9_000;
        await using var servers = await OwnServers.Start("inprocess");
        await using var node = await servers.Node();
        var workspace = await Workspace.New(node, "enterprise");
        for (var n = 0; n < events; n += 1_500) await workspace.Publish(n, 1_500);
        Assert.Equal(events, (await workspace.Lines($"/feed?type=event_published&limit={events}", events)).Count);
        var before = Resident(node.Id);

        var stuck = new List<Socket>();
        try
        {
            for (var i = 0; i < readers; i++) stuck.Add(await Open(node, workspace));
            await using var database = NpgsqlDataSource.Create(servers.Database);
            // Each has been sent what its sockets hold, and the server waits for it.
            await Eventually.True(async () => await Busy(database) == 0 && await Busy(database) == 0, TimeSpan.FromSeconds(60), "no session to be held for a reader");

            Assert.Equal(events, (await workspace.Lines($"/feed?type=event_published&limit={events}", events)).Count);
            (await workspace.Publish(Workspace.Event("more"))).Is(HttpStatusCode.Accepted);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            using (var quick = await Follow(workspace, "?type=event_published", null, deadline.Token))
                for (var i = 0; i <= events; i++) await Next(quick, "data: ", deadline.Token);
            await Eventually.True(() => Task.FromResult(Resident(node.Id) - before < 200), TimeSpan.FromSeconds(60), $"less than 200 MB for {readers} readers; {before} MB before, now {Resident(node.Id)}");
        }
        finally
        {
            foreach (var socket in stuck) socket.Dispose();
        }
    }

    private static async Task<Socket> Open(EventMeshProcess node, Workspace workspace)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(node.Address.Host, node.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {workspace.Path}/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {workspace.Key}\r\nAccept: text/event-stream\r\n\r\n"));
        return socket;
    }

    private static async Task<long> Busy(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'eventmesh_tenant' and state <> 'idle'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Megabytes.</summary>
    private static long Resident(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture) / 1024;

    private static async Task<StreamReader> Follow(Workspace workspace, string query, string? lastEventId, CancellationToken deadline)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, workspace.Path + "/feed" + query);
        request.Headers.Accept.Add(new("text/event-stream"));
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await workspace.Caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new StreamReader(await response.Content.ReadAsStreamAsync(deadline));
    }

    private static async Task<string> Next(StreamReader follower, string begin, CancellationToken deadline)
    {
        while (await follower.ReadLineAsync(deadline) is { } line)
            if (line.StartsWith(begin, StringComparison.Ordinal)) return line[begin.Length..];
        throw new InvalidOperationException("The feed ended.");
    }
}
