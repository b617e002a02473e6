using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Inbound;

public class When_a_provider_sends_webhooks(RunningMesh mesh)
{
    [Fact]
    public async Task A_valid_one_is_published_and_its_repeat_gets_the_first_answer()
    {
        var workspace = await mesh.Workspace();
        using var github = await Provider.Of(workspace);
        var first = (await github.Github("""{"ref":"main"}""")).Is(HttpStatusCode.Accepted);
        Assert.Equal(first.Text, (await github.Github("""{"ref":"main"}""")).Is(HttpStatusCode.OK).Text);
        Assert.NotEqual(first["id"], (await github.Github("""{"ref":"main"}""", "d-2")).Is(HttpStatusCode.Accepted)["id"]);

        var published = (await workspace.Get("/events/" + first["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("d-1", "github.push", "/sources/" + github.Id), (published["cloud_event_id"], published["type"], published["source"]));
        var stored = (await workspace.Get("/streams/" + first["id"])).Items[0];
        Assert.Equal(github.Id, stored["actor"]!.GetValue<string>());
        var received = await github.Received(3);
        Assert.Equal((3, 1, 0), (received["accepted"]!.GetValue<int>(), received["duplicates"]!.GetValue<int>(), received["refused"]!.GetValue<int>()));
    }

    [Fact]
    public async Task An_invalid_one_is_401_and_counted_and_nothing_of_it_is_stored()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("inbound");
        await using var process = await RunningMesh.StartOn(database);
        using var github = await Provider.Of(await Workspace.New(process));
        (await github.Github("{}")).Is(HttpStatusCode.Accepted);
        await github.Received(1);
        var before = await Stored(database);

        const string marker = "a-body-that-nobody-may-keep";
        (await github.Github($$"""{"a":"{{marker}}"}""", secret: "another secret altogether")).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        (await github.Send($$"""{"a":"{{marker}}"}""")).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        var unparsable = (await github.Send(marker, ("X-Hub-Signature-256", "nonsense"))).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        Assert.Contains(unparsable.Headers.WwwAuthenticate, c => c.Scheme == "Signature");

        var received = await github.Received(4);
        Assert.Equal("""{"malformed":1,"mismatch":1,"missing_header":1}""", received["refused_by"]!.ToJsonString());
        Assert.Equal(("malformed", 1), (received["last_refusal"]!.GetValue<string>(), received["accepted"]!.GetValue<int>()));
        Assert.NotNull(received["last_refused_at"]);
        Assert.Equal(before, await Stored(database));
        Assert.DoesNotContain(process.Lines, l => l.Contains(marker, StringComparison.Ordinal) || l.Contains(github.Path[4..], StringComparison.Ordinal) || l.Contains(github.Secret, StringComparison.Ordinal));
        Assert.Contains(process.Lines, l => l.Contains("\"event\":\"inbound.refused\"", StringComparison.Ordinal) && l.Contains(github.Id, StringComparison.Ordinal) && l.Contains("\"reason\":\"mismatch\"", StringComparison.Ordinal));
        Assert.Contains(process.Lines, l => l.Contains("\"route\":\"/in/{token}\"", StringComparison.Ordinal) && l.Contains("\"status\":401", StringComparison.Ordinal) && l.Contains(github.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_invalid_ones_writes_a_row_now_and_then()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("flood");
        await using var process = await RunningMesh.StartOn(database);
        using var github = await Provider.Of(await Workspace.New(process));
        (await github.Github("{}")).Is(HttpStatusCode.Accepted);
        await github.Received(1);
        var before = await Writes(database);
        var began = TimeProvider.System.GetTimestamp();
        const int requests = 2_000;
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            (await github.Github("{}", secret: "another secret altogether")).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature"));
        var received = await github.Received(requests + 1);
        Assert.Equal(requests, received["refused"]!.GetValue<int>());
        // One row and reason a second, whatever comes in a second.
        Assert.InRange(await Writes(database) - before, 0, (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 2);

        static Task<long> Writes(string database) => Scalar(database, "select coalesce(sum(n_tup_ins + n_tup_upd), 0)::bigint from pg_stat_user_tables where relname = 'inbound_counts'");
    }

    [Fact]
    public async Task A_token_that_is_nobodys_a_disabled_source_and_a_deleted_one_answer_alike()
    {
        var workspace = await mesh.Workspace();
        using var github = await Provider.Of(workspace);
        var nobody = await (github with { Path = "/in/emi_0123456789abcdefghijklmnopqrstuv" }).Github("{}");
        nobody.IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Patch("/sources/" + github.Id, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        Same(await github.Github("{}"));
        Same(await (github with { Path = "/in/" + new string('a', 500) }).Github("{}"));
        (await workspace.Patch("/sources/" + github.Id, """{"status":"enabled"}""")).Is(HttpStatusCode.OK);
        (await github.Github("{}")).Is(HttpStatusCode.Accepted);
        (await workspace.Delete("/sources/" + github.Id)).Is(HttpStatusCode.NoContent);
        Same(await github.Github("{}"));
        (await workspace.Get("/sources/" + github.Id)).IsProblem(HttpStatusCode.NotFound, "not_found");

        void Same(Answer answer)
        {
            Assert.Equal((nobody.Status, nobody.Text), (answer.Status, answer.Text));
            Assert.Equal(nobody.Headers.Select(h => h.Key), answer.Headers.Select(h => h.Key));
        }
    }

    [Fact]
    public async Task A_body_at_the_limit_is_taken_and_one_past_it_is_not()
    {
        using var github = await Provider.Of(await mesh.Workspace());
        const int limit = 256 * 1024;
        (await github.Github("\"" + new string('x', limit - 2) + "\"", "at")).Is(HttpStatusCode.Accepted);
        (await github.Github("\"" + new string('x', limit - 1) + "\"", "past")).IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large");
        Assert.Equal("""{"too_large":1}""", (await github.Received(2))["refused_by"]!.ToJsonString());
    }

    [Fact]
    public async Task What_came_is_the_data_whatever_it_is()
    {
        var workspace = await mesh.Workspace();
        await using var receiver = await Receiver.Start();
        await workspace.Rule("""{"type":["*"]}""", await workspace.Connection(receiver.Url("/hook").ToString()));
        using var provider = await Provider.Of(workspace, """{"kind":"api_key","header":"X-Key"}""", ""","event":{"source":"https://provider.example/","type":{"path":"$.kind","prefix":"provider."},"subject":{"path":"$.order.items[1].id"},"id":{"header":"X-Id"}}""");
        await Send("1", Encoding.UTF8.GetBytes("""{ "kind": "paid", "order": { "items": [ 1, { "id": 7.50 } ] } }"""), "application/json; charset=utf-8");
        await Send("2", Encoding.UTF8.GetBytes("text=a%20b&token=x"), "application/x-www-form-urlencoded");
        await Send("3", [0xff, 0x00], null);
        await Send("4", Encoding.UTF8.GetBytes("""{"kind":1,"kind":2}"""), "application/json");
        await Send("5", Encoding.UTF8.GetBytes("""{"kind":"\u0001"}"""), "application/vnd.provider+json");

        var events = new Dictionary<string, JsonNode>();
        await Eventually.True(() =>
        {
            foreach (var arrival in receiver.Arrived) events[JsonNode.Parse(arrival.Text)!["id"]!.GetValue<string>()] = JsonNode.Parse(arrival.Text)!;
            return Task.FromResult(events.Count == 5);
        }, TimeSpan.FromSeconds(60), "five deliveries");
        Assert.Equal("""{"specversion":"1.0","id":"1","source":"https://provider.example/","type":"provider.paid","subject":"7.50","datacontenttype":"application/json; charset=utf-8","data":{"kind":"paid","order":{"items":[1,{"id":7.50}]}}}""", events["1"].ToJsonString());
        Assert.Equal(("provider.unknown", "application/x-www-form-urlencoded", Convert.ToBase64String("text=a%20b&token=x"u8)), Of("2"));
        Assert.Equal(("provider.unknown", "application/octet-stream", Convert.ToBase64String([0xff, 0x00])), Of("3"));
        // Two readers of it could take either: it is kept as the bytes it is.
        Assert.Equal(("provider.unknown", "application/json", Convert.ToBase64String("""{"kind":1,"kind":2}"""u8)), Of("4"));
        Assert.Equal("provider.unknown", events["5"]["type"]!.GetValue<string>());

        async Task Send(string id, byte[] body, string? contentType) => (await provider.Send(body, contentType, ("X-Key", provider.Secret), ("X-Id", id))).Is(HttpStatusCode.Accepted);

        (string, string, string) Of(string id) => (events[id]["type"]!.GetValue<string>(), events[id]["datacontenttype"]!.GetValue<string>(), events[id]["data_base64"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_an_id_of_the_provider_the_same_bytes_are_the_same_event()
    {
        using var provider = await Provider.Of(await mesh.Workspace(), """{"kind":"basic","username":"provider"}""");
        (string, string)[] credentials = [("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("provider:" + provider.Secret)))];
        (await provider.Send("{}", credentials)).Is(HttpStatusCode.Accepted);
        (await provider.Send("{}", credentials)).Is(HttpStatusCode.OK);
        (await provider.Send("{ }", credentials)).Is(HttpStatusCode.Accepted);
        var refused = (await provider.Send("{}")).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        Assert.Contains(refused.Headers.WwwAuthenticate, c => c.Scheme == "Basic");
    }

    [Fact]
    public async Task Limits_and_schemas_hold_for_it_as_for_any_event()
    {
        var workspace = await mesh.Limited("""{"events_per_month":1}""");
        (await workspace.Post("/event-types", """{"name":"github.push","schema":{"required":["ref"]}}""")).Is(HttpStatusCode.Created);
        using var github = await Provider.Of(workspace);
        (await github.Github("{}", "1")).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch");
        (await github.Github("""{"ref":"main"}""", "1")).Is(HttpStatusCode.Accepted);
        var refused = (await github.Github("""{"ref":"main"}""", "2")).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        Assert.True(refused.Headers.Contains("Retry-After"));
        Assert.Equal("""{"unpublished":2}""", (await github.Received(3))["refused_by"]!.ToJsonString());
        Assert.Single((await workspace.Get("/events")).Items);
    }

    [Fact]
    public async Task Requests_that_hang_at_one_address_leave_the_others_free()
    {
        var workspace = await mesh.Workspace();
        using var hung = await Provider.Of(workspace);
        using var free = await Provider.Of(workspace);
        var hanging = new List<TcpClient>();
        // So much that the server's least rate is kept for more than the 30 seconds that a body may take.
        var half = new string('x', 20_000);
        try
        {
            for (var i = 0; i < 64; i++)
            {
                var client = new TcpClient();
                hanging.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, mesh.Process.Address.Port);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {hung.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n{half}"));
            }
            // Until the last of them has come in.
            await Eventually.True(async () => (await hung.Github("{}", secret: "another secret altogether")).Status == HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(20), "the address to be full");
            Assert.Equal("1", Assert.Single((await hung.Github("{}")).IsProblem(HttpStatusCode.TooManyRequests, "too_many_at_once").Headers.GetValues("Retry-After")));
            (await free.Github("{}")).Is(HttpStatusCode.Accepted);
        }
        finally
        {
            hanging.ForEach(c => c.Dispose());
        }
        await Eventually.True(async () => (await hung.Github("{}")).Status == HttpStatusCode.Accepted, TimeSpan.FromSeconds(30), "the address to be free again");
    }

    [Fact]
    public async Task Slack_asks_for_its_challenge_and_gets_it_only_with_a_signature()
    {
        var workspace = await mesh.Workspace();
        using var slack = await Provider.Of(workspace, """{"kind":"slack"}""", secret: "8f742231b10e8888abcd99yyyzzz85a5");
        const string body = """{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}""";
        var time = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";
        var answer = (await Slack(body)).Is(HttpStatusCode.OK);
        Assert.Equal(("text/plain", "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"), (answer.ContentType, answer.Text));
        (await slack.Send(body, ("X-Slack-Signature", "v0=" + slack.Sign($"v0:{time}:x")), ("X-Slack-Request-Timestamp", time))).IsProblem(HttpStatusCode.Unauthorized, "invalid_signature");
        Assert.Empty((await workspace.Get("/events")).Items);
        var published = (await Slack("""{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}""")).Is(HttpStatusCode.Accepted);
        Assert.Equal(("Ev1", "slack.app_mention"), ((await workspace.Get("/events/" + published["id"]))["cloud_event_id"], (await workspace.Get("/events/" + published["id"]))["type"]));

        Task<Answer> Slack(string sent) => slack.Send(sent, ("X-Slack-Signature", "v0=" + slack.Sign($"v0:{time}:{sent}")), ("X-Slack-Request-Timestamp", time));
    }

    private static Task<long> Stored(string database) => Scalar(database, "select (select count(*) from public.mt_events) * 1000000 + (select count(*) from eventmesh.payloads)");

    private static async Task<long> Scalar(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
