using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Acceptance.Offboarding;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>
/// kill -9 of the node that makes two exports, each in its second part: of the one in a bucket the store has the part and the database does not know it, of the one for downloading the database
/// takes it in when the node is dead already. Another node goes on with both.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class When_an_export_loses_its_node
{
    private const int Events = 60;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Another_node_goes_on_and_both_have_every_event_once_and_verify()
    {
        using var store = await OutsideStore.Start();
        var database = await (await PostgresServer.Shared).CreateDatabase("export_chaos");
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test" };
        await using var one = await EventMeshProcess.Start(settings);
        var workspace = await Workspace.New(one);
        // Bodies make it large: three parts and more, of the size that parts have.
        (await workspace.Send(HttpMethod.Put, "/redaction", """{"paths":["$.data.email"]}""")).Is(HttpStatusCode.OK);
        (await workspace.Post("/secrets", $$"""{"name":"s3-archive","value":"{{OutsideStore.Secret.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""")).Is(HttpStatusCode.Created);
        for (var n = 0; n < Events; n++) (await workspace.Publish(Workspace.Event($"{n}", further: $",\"data\":{{\"text\":\"{new string('x', 240_000)}\"}}"))).Is(HttpStatusCode.Accepted);

        await using var holder = new NpgsqlConnection(database);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await Run(holder, """
            create function public.hold_part() returns trigger language plpgsql as $$ begin
              if new.number = 2 and new.body is not null then perform pg_advisory_xact_lock(4712); end if;
              return new;
            end $$;
            create trigger hold_part before insert on eventmesh.export_parts for each row execute function public.hold_part();
            select pg_advisory_lock(4712);
            """);
        var arrived = await store.Hold(2);
        var uploaded = (await workspace.Post("/exports", $$"""{"include_data":true,"to":{"kind":"s3","bucket":"{{OutsideStore.Bucket}}","endpoint":"{{store.Endpoint}}","credential":"s3-archive"} }""")).Is(HttpStatusCode.Accepted)["id"];
        await arrived;
        var kept = (await workspace.Post("/exports", """{"include_data":true}""")).Is(HttpStatusCode.Accepted)["id"];
        await Eventually.True(async () => await Rows.Ask(database, "select pid from pg_locks where locktype = 'advisory' and objid = 4712 and not granted limit 1") is not null, Deadline, "the second part to be kept");

        await using var other = await EventMeshProcess.Start(settings);
        await one.Kill();
        await Run(holder, "select pg_advisory_unlock(4712)");
        await store.Release();
        workspace = workspace.On(other);

        foreach (var id in new[] { uploaded, kept })
        {
            Answer ended = null!;
            await Eventually.True(async () => (ended = await workspace.Get("/exports/" + id)).Json["finished_at"] is not null, Deadline, $"{id} to end");
            Assert.True(ended["state"] == "finished", ended.Text);
            var parts = ended.Json["parts"]!.AsArray();
            Assert.True(parts.Count >= 3, ended.Text);
            // It went on, and did not begin again.
            var taken = other.Lines.Where(l => l.Contains("\"export.taken\"", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l)!).Single(l => l["export"]!.GetValue<string>() == id);
            Assert.Equal(id == kept ? 2 : 1, taken["parts"]!.GetValue<int>());

            var lines = Encoding.UTF8.GetString(id == kept ? await Download(workspace, id) : await store.Read(ended["object"]));
            var feed = (await workspace.Get("/feed?include=data&limit=1000")).Text;
            Assert.Equal(feed[..(feed.IndexOf('\n', feed.IndexOf(ended["end"], StringComparison.Ordinal)) + 1)], lines);
            Assert.Equal(Events, lines.Split('\n').Count(l => l.Contains("\"type\":\"event_published\"", StringComparison.Ordinal)));
            var verified = await Verifying.Run(lines, await Verifying.Key(workspace), [ended["checkpoint"]]);
            Assert.True(verified.Code == 0, verified.Json.ToJsonString());
        }
    }

    private static async Task<byte[]> Download(Workspace workspace, string id)
    {
        using var http = workspace.Process.Client(workspace.Key);
        return await http.GetByteArrayAsync(new Uri($"{workspace.Path}/exports/{id}/download", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
