using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_usage_is_asked_for(RunningMesh mesh)
{
    private static readonly string Month = DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    [Fact]
    public async Task It_is_what_happened_to_the_last_byte_beside_what_may_happen()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, n) => path == "/bad" && n <= 3 ? 500 : 200;
        var workspace = await mesh.Limited("""{"events_per_month":3,"overage":"soft"}""");
        var connections = new[] { await workspace.Connection(receiver.Url("/good").ToString()), await workspace.Connection(receiver.Url("/bad").ToString(), ""","retry_schedule":[0,0,0]""") };
        await workspace.Rule("""{"type":["order.*"]}""", connections);
        var bytes = 0;
        foreach (var id in new[] { "1", "2", "2", "3" }) await workspace.Publish(Workspace.Event(id, id == "3" ? "cart.left" : "order.created"));
        (await workspace.PublishBatch($"[{Workspace.Event("4")},{Workspace.Event("4")},{Workspace.Event("1")}]")).Is(HttpStatusCode.Accepted);
        foreach (var published in (await workspace.Get("/events")).Items) bytes += published["size"]!.GetValue<int>();

        // Three events to two connections each; one of the deliveries to the bad one, or several, fail three times before all have arrived.
        Answer used = null!;
        await Eventually.True(async () =>
        {
            used = (await workspace.Get("/usage")).Is(HttpStatusCode.OK);
            return used.Json["attempts"]!.GetValue<int>() >= 9;
        }, TimeSpan.FromSeconds(60), "every attempt to be counted");
        Assert.Equal((4, bytes, 6, 9, 3), (Number(used.Json, "events"), Number(used.Json, "bytes"), Number(used.Json, "deliveries"), Number(used.Json, "attempts"), Number(used.Json, "failures")));
        Assert.Equal((Month, "starter", 2, 1), (used["period"], used["plan"], Number(used.Json, "connections"), Number(used.Json, "rules")));
        Assert.Equal(("""["events_per_month"]""", 3), (used.Json["exceeded"]!.ToJsonString(), Number(used.Json["limits"]!, "events_per_month")));
        Assert.Equal(9, receiver.CountOf("/good") + receiver.CountOf("/bad"));

        var before = (await workspace.Get("/usage?period=2020-01")).Is(HttpStatusCode.OK);
        Assert.Equal((0, 0, "[]"), (Number(before.Json, "events"), Number(before.Json, "attempts"), before.Json["exceeded"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_reader_may_wait_for_what_it_has_written()
    {
        var workspace = await mesh.Workspace();
        for (var i = 1; i <= 3; i++)
        {
            var position = (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted)["position"];
            Assert.Equal(i, Number((await workspace.Get("/usage?min_position=" + position)).Is(HttpStatusCode.OK).Json, "events"));
        }
    }

    [Fact]
    public async Task The_admin_sees_all_workspaces_in_order_page_by_page()
    {
        await using var process = await RunningMesh.StartOn(await (await PostgresServer.Shared).CreateDatabase("usage"));
        var admin = new Caller(process.Client());
        var (events, position) = (new Dictionary<string, int> { ["a"] = 2, ["b"] = 0, ["c"] = 5, ["d"] = 2, ["e"] = 0 }, "");
        foreach (var (id, count) in events)
        {
            (await admin.Post("/v1/workspaces", $$"""{"id":"ws-{{id}}","name":"x"}""")).Is(HttpStatusCode.Created);
            var workspace = await Workspace.Enter(process, "ws-" + id);
            for (var n = 0; n < count; n++) position = (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted)["position"];
        }
        (await admin.Get("/v1/workspaces/ws-a/usage?min_position=" + position)).Is(HttpStatusCode.OK);

        Assert.Equal(["ws-c 5", "ws-a 2", "ws-d 2", "ws-b 0", "ws-e 0"], await All("noisiest"));
        Assert.Equal(["ws-b 0", "ws-e 0", "ws-a 2", "ws-d 2", "ws-c 5"], await All("quietest"));
        var first = (await admin.Get("/v1/usage?limit=1")).Is(HttpStatusCode.OK).Items[0];
        Assert.Equal(("ws-c", "starter", Month, 1_000_000), (first["workspace"]!.GetValue<string>(), first["plan"]!.GetValue<string>(), first["period"]!.GetValue<string>(), Number(first, "events_per_month")));
        Assert.All((await admin.Get("/v1/usage?period=2020-01")).Items, i => Assert.Equal(0, Number(i, "events")));

        async Task<List<string>> All(string order)
        {
            var all = new List<string>();
            string? next = null;
            do
            {
                var page = (await admin.Get($"/v1/usage?order={order}&limit=2&cursor={next}")).Is(HttpStatusCode.OK);
                all.AddRange(page.Items.Select(i => $"{i["workspace"]} {i["events"]}"));
                next = page.Next;
            }
            while (next is not null);
            return all;
        }
    }

    [Fact]
    public async Task Only_the_admin_sees_all_and_what_is_asked_wrongly_is_named()
    {
        var workspace = await mesh.Workspace();
        (await (await workspace.WithKey()).Caller.Get("/v1/usage")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await mesh.Admin.Get("/v1/usage?order=loudest")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("order", "must be noisiest or quietest");
        foreach (var cursor in new[] { "x", "MSBB", "MSA", "eCB3cy1h" })
            (await mesh.Admin.Get("/v1/usage?cursor=" + cursor)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("cursor", "is not one that");
        foreach (var path in new[] { "/v1/usage", workspace.Path + "/usage" })
        foreach (var period in new[] { "2026", "2026-13", "2026-1", "2026-11-01", "now", "202%C3%A9-11" })
            (await mesh.Admin.Get($"{path}?period={period}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("period", "must be a month such as 2026-11");
        (await workspace.Get("/usage?min_position=x")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("min_position", "is not a position");
    }

    private static int Number(JsonNode json, string member) => json[member]!.GetValue<int>();
}
