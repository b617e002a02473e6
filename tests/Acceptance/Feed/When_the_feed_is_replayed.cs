using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Feed;

/// <summary>A table in a database of the customer's own, kept up to date by <c>eventmesh replay</c>.</summary>
public class When_the_feed_is_replayed(RunningMesh mesh)
{
    [Fact]
    public async Task Killed_again_and_again_on_either_side_the_table_ends_equal_to_the_feed()
    {
        await using var servers = await OwnServers.Start("inprocess");
        await using var node = await servers.Node();
        await using var elsewhere = await PostgresServer.Start();
        var target = await elsewhere.CreateDatabase("warehouse");
        var workspace = await Workspace.New(node, "enterprise");
        using var stop = new CancellationTokenSource();
        var published = 0;
        var publishing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; published += 2)
                try { await workspace.Publish(published, 2); }
                catch (HttpRequestException) { /* the node is down: the same events again */ published -= 2; await Eventually.True(() => Up(node), TimeSpan.FromSeconds(60), "the node to be back"); }
        });
        var chance = new Random(7);
        for (var round = 0; round < 6; round++)
        {
            await using var replay = new ReplayProcess(workspace, "--to", target, "--follow");
            var before = await Count(target);
            await Eventually.True(async () => await Count(target) > before, TimeSpan.FromSeconds(60), "the table to grow");
            if (round == 2)
            {
                await node.Kill();
                await node.StartAgain();
            }
            if (round == 4)
            {
                await elsewhere.Kill();
                await elsewhere.StartAgain();
            }
            var killAt = await Count(target) + chance.Next(1, 200);
            await Eventually.True(async () => await Count(target) >= killAt, TimeSpan.FromSeconds(60), "the table to grow on");
            await replay.Kill();
        }
        await stop.CancelAsync();
        await publishing;
        var (code, said, _) = await ReplayProcess.Run(workspace, "--to", target);
        Assert.True(code == 0, said);
        await SameAsFeed(workspace, target, "events", "");
        Assert.True(published > 0);
    }

    [Fact]
    public async Task Payloads_of_a_filter_land_in_a_table_of_its_own_and_the_consumer_shows_how_far_it_has_come()
    {
        var workspace = await mesh.Workspace();
        var target = await (await PostgresServer.Shared).CreateDatabase("replayed");
        (await workspace.Put("/consumers/orders", """{"from":"now","filter":{"types":["event_published"]}}""")).Is(HttpStatusCode.Created);
        (await workspace.Publish(Workspace.Event("1", "order.created", ",\"data\":{\"note\":\"a\\u0000b\"}"))).Is(HttpStatusCode.Accepted);
        await workspace.Publish(2, 5);
        await workspace.Lines("/feed?type=event_published", 6);

        for (var again = 0; again < 2; again++)
        {
            var (code, said, _) = await ReplayProcess.Run(workspace, "--to", target, "--table", "public.orders", "--consumer", "orders", "--include", "data");
            Assert.True(code == 0, said);
        }
        await SameAsFeed(workspace, target, "orders", "type=event_published&include=data");
        Assert.Equal("1", await Scalar(target, "select payload ->> 'id' from orders order by position limit 1"));
        var standing = (await workspace.Get("/consumers/orders")).Json;
        Assert.Equal(await Scalar(target, "select position from orders_progress"), standing["position"]!.GetValue<string>());

        Assert.Equal(1, (await ReplayProcess.Run(workspace, "--to", target, "--table", "orders")).Code);
        var other = await mesh.Workspace();
        var (refused, why, _) = await ReplayProcess.Run(other, "--to", target, "--table", "orders", "--type", "event_published", "--include", "data");
        Assert.Equal(1, refused);
        Assert.Contains(workspace.Id, why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_lost_is_refused_and_taken_back_when_asked_for()
    {
        var workspace = await mesh.Workspace();
        var target = await (await PostgresServer.Shared).CreateDatabase("replayed");
        await workspace.Publish(0, 7);
        await workspace.Lines("/feed", 11);
        Assert.Equal(0, (await ReplayProcess.Run(workspace, "--to", target)).Code);
        // As after a restore of an older backup: the table knows of events that are not in the feed, one of them at the place of another.
        await Scalar(target, "update events set id = gen_random_uuid() where position >= (select position from events order by position offset 8 limit 1)");
        await Scalar(target, "update events_progress set event_id = (select id from events order by position desc limit 1)");

        var (code, said, _) = await ReplayProcess.Run(workspace, "--to", target);
        Assert.Equal(1, code);
        Assert.Contains("restored", said, StringComparison.Ordinal);
        (code, said, _) = await ReplayProcess.Run(workspace, "--to", target, "--take-back");
        Assert.True(code == 0, said);
        Assert.Contains("Took back 3", said, StringComparison.Ordinal);
        await SameAsFeed(workspace, target, "events", "");
    }

    [Fact]
    public async Task A_file_goes_on_after_its_last_whole_line()
    {
        var workspace = await mesh.Workspace();
        var file = Path.Combine(Path.GetTempPath(), $"feed-{workspace.Id}.ndjson");
        try
        {
            await workspace.Lines("/feed", 4);
            Assert.Equal(0, (await ReplayProcess.Run(workspace, "--to", file)).Code);
            await File.AppendAllTextAsync(file, "{\"position\":\"half");
            await workspace.Publish(0, 3);
            await workspace.Lines("/feed", 7);
            Assert.Equal(0, (await ReplayProcess.Run(workspace, "--to", file)).Code);
            Assert.Equal((await workspace.Lines("/feed")).Ids(), (await File.ReadAllLinesAsync(file)).Select(l => JsonNode.Parse(l)!.AsObject()).Ids());
            Assert.Equal(7, (await ReplayProcess.Run(workspace, "--to", "-")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The table has every event of the feed once, with what its line says, and in its order.</summary>
    private static async Task SameAsFeed(Workspace workspace, string target, string table, string query)
    {
        var feed = await workspace.Lines($"/feed?limit=1000000&{query}");
        await using var database = NpgsqlDataSource.Create(target);
        await using var command = database.CreateCommand($"select position, id, stream, version, type, data::text, payload::text, workspace from {table} order by position");
        await using var rows = await command.ExecuteReaderAsync();
        var at = 0;
        for (; await rows.ReadAsync(); at++)
        {
            var line = feed[at];
            Assert.Equal((line.At("position"), line.At("id"), line.At("stream"), line["version"]!.GetValue<long>(), line.At("type"), workspace.Id),
                (rows.GetString(0), rows.GetGuid(1).ToString(), rows.GetString(2), rows.GetInt64(3), rows.GetString(4), rows.GetString(7)));
            Assert.True(JsonNode.DeepEquals(line["data"], JsonNode.Parse(rows.GetString(5))));
            Assert.Equal(line["payload"]?.ToJsonString(), rows.IsDBNull(6) ? null : JsonNode.Parse(rows.GetString(6))!.ToJsonString());
        }
        Assert.Equal(feed.Count, at);
    }

    private static async Task<bool> Up(EventMeshProcess node)
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        try { return (await client.GetAsync("/readyz")).IsSuccessStatusCode; }
        catch (HttpRequestException) { return false; }
    }

    private static async Task<long> Count(string target)
    {
        try { return long.Parse(await Scalar(target, "select count(*)::text from events") ?? "0", System.Globalization.CultureInfo.InvariantCulture); }
        catch (NpgsqlException) { return 0; /* not made yet, or the server restarts */ }
    }

    private static async Task<string?> Scalar(string target, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string;
    }
}
