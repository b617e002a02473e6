using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>
/// Plants values wherever a workspace may have one: bodies of events, of webhooks in both directions, of answers; secrets, credentials, headers; and in requests that are
/// refused. Nothing here finds them in another workspace; <see cref="When_all_has_been_tried"/> looks for them in files and logs.
/// </summary>
public class When_values_are_planted(RunningMesh mesh)
{
    public static TheoryData<string> Brokers => ["inprocess", "rabbitmq"];

    [Theory, MemberData(nameof(Brokers))]
    public async Task Nobody_else_finds_them(string broker)
    {
        await using var own = broker == "rabbitmq" ? await OwnServers.Start(broker) : null;
        await using var node = own is null ? null : await own.Node();
        await using var target = await Receiver.Start();
        var (first, last) = (Planted.New(), Planted.New());
        target.Says = arrival => target.CountOf(arrival.Path) == 1 ? first : last;
        target.Answer = (_, number) => number == 1 ? 500 : 200;
        var (mine, other) = own is null ? (await mesh.Workspace(), await mesh.Workspace()) : (await Workspace.New(node!), await Workspace.New(node!));

        var connection = (await mine.Post("/connections", $$"""
            {"name":"target","kind":"webhook","config":{"url":"{{target.Url("/hook")}}","retry_schedule":[0,0],"headers":{"X-Api-Key":"{{Planted.New()}}"} },
             "credential":{"kind":"basic","username":"platform","password":"{{Planted.New()}}"} }
            """)).Is(HttpStatusCode.Created)["id"];
        await mine.Rule("""{"type":["planted.*"]}""", connection);
        await mine.Post("/secrets", $$"""{"name":"planted","value":"{{Planted.New()}}"}""");
        await mine.Post("/secrets/planted/versions", $$"""{"value":"{{Planted.New()}}"}""");

        (await mine.Publish(Workspace.Event("1", "planted.structured", $$""","data":{"{{Planted.New()}}":["{{Planted.New()}}"]}"""))).Is(HttpStatusCode.Accepted);
        (await mine.PublishBatch($"[{Workspace.Event("2", "planted.batch", $$""","data":"{{Planted.New()}}" """)}]")).Is(HttpStatusCode.Accepted);
        (await mine.PublishBinary(Planted.New(), "text/plain", ("ce-id", "3"), ("ce-type", "planted.binary"), ("ce-source", "/shop"), ("ce-specversion", "1.0"))).Is(HttpStatusCode.Accepted);
        var secret = Planted.New();
        var source = (await mine.Post("/sources", $$"""{"name":"in","verification":{"kind":"api_key","query":"key"},"secret":"{{secret}}","event":{"id":{"path":"$.id"},"type":{"path":"$.type"} } }""")).Is(HttpStatusCode.Created);
        (await mine.Caller.Send(HttpMethod.Post, $"{source["receive_at"]}?key={secret}", $$"""{"id":"4","type":"planted.inbound","secret":"{{Planted.New()}}"} """, "application/json")).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(target.CountOf("/hook") >= 5), TimeSpan.FromSeconds(60), "four events to be delivered, one of them at the second try");
        await Refused(mine, source["receive_at"]);

        var planted = Planted.All;
        Assert.All(target.Arrived, arrival => Assert.Contains(planted, value => arrival.Text.Contains(value, StringComparison.Ordinal)));
        foreach (var path in new[] { "/feed", "/events", "/deliveries", "/connections", "/rules", "/secrets", "/sources", "/event-types", "/usage", "/keys", "/connections/" + connection, "/secrets/planted" })
        {
            var seen = await other.Get(path);
            Assert.All(planted, value => Assert.DoesNotContain(value, seen.Text, StringComparison.Ordinal));
        }
        // Its own history names them nowhere either: bodies are asked for one by one.
        foreach (var path in new[] { "/feed", "/events", "/deliveries", "/connections", "/connections/" + connection, "/secrets/planted", "/streams/" + connection, "/sources" })
        {
            var seen = (await mine.Get(path)).Is(HttpStatusCode.OK);
            Assert.All(planted.Where(value => value.StartsWith("planted", StringComparison.Ordinal)), value => Assert.DoesNotContain(value, seen.Text, StringComparison.Ordinal));
        }
    }

    /// <summary>What is refused is written nowhere.</summary>
    private static async Task Refused(Workspace mine, string receiveAt)
    {
        (await mine.Publish($$"""{"specversion":"1.0","id":"5","source":"/shop","type":"planted.x","data":{{{Planted.New()}} }""")).Is(HttpStatusCode.BadRequest);
        (await mine.Publish(Workspace.Event("6", "planted.x", $$""","Wrong Name":"{{Planted.New()}}" """))).Is(HttpStatusCode.BadRequest);
        (await mine.Post("/rules", $$"""{"name":"r","filter":{"{{Planted.New()}}":1} }""")).Is(HttpStatusCode.BadRequest);
        (await mine.Get($"/deliveries?cursor={Planted.New()}")).Is(HttpStatusCode.BadRequest);
        (await mine.Caller.Send(HttpMethod.Post, $"{receiveAt}?key={Planted.New()}", $$"""{"id":"7","secret":"{{Planted.New()}}"}""", "application/json")).Is(HttpStatusCode.Unauthorized);
        using var nobody = mine.Process.Client("emk_" + Planted.New());
        (await new Caller(nobody).Get(mine.Path)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_search_finds_what_is_there()
    {
        var directory = Directory.CreateTempSubdirectory("eventmesh-search");
        try
        {
            var value = "search" + Guid.NewGuid().ToString("N");
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "binary"), [0, 1, .. System.Text.Encoding.ASCII.GetBytes(value), 0, 255]);
            Assert.Single(await NothingPlantedIsLeft.Grep(directory.FullName, [value, "something else"]));
            Assert.Empty(await NothingPlantedIsLeft.Grep(directory.FullName, ["something else"]));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
