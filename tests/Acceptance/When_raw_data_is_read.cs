using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>A node whose database may be looked into and damaged.</summary>
public sealed class OpenedMesh : IAsyncLifetime
{
    public string Database { get; private set; } = "";
    public EventMeshProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await RunningMesh.StartOn(Database = await (await PostgresServer.Shared).CreateDatabase("raw_data"));

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

public sealed class When_raw_data_is_read(OpenedMesh mesh) : IClassFixture<OpenedMesh>, IAsyncLifetime
{
    private const string Reason = "The customer asked what we sent";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Workspace workspace = null!;
    private Receiver receiver = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await Receiver.Start();
        receiver.Says = _ => """{"id":7,"to":"anna@example.com"}""";
        workspace = await Workspace.New(mesh.Process);
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();

    [Fact]
    public async Task A_body_is_shown_as_its_shape_until_the_workspace_says_what_is_personal()
    {
        var id = await Publish("""{"total":12,"customer":{"email":"anna@example.com"}}""");
        Assert.Null((await workspace.Get("/events/" + id)).Is(HttpStatusCode.OK).Json["body"]);
        Assert.Equal("""{"total":"[number]","customer":{"email":"[string]"}}""", (await Data(id)).ToJsonString());
        Assert.Equal("order.created", (await Body(id))["json"]!["type"]!.GetValue<string>());

        await Redact("""["$.data.customer.email"]""");
        Assert.Equal("""{"total":12,"customer":{"email":"[redacted]"}}""", (await Data(id)).ToJsonString());
        Assert.Equal("""{"paths":["$.data.customer.email"]}""", (await workspace.Get("/redaction")).Is(HttpStatusCode.OK).Text);
        await Redact("[]");
        Assert.Contains("anna@example.com", (await Data(id)).ToJsonString(), StringComparison.Ordinal);
        await Redact("null");
        Assert.Equal("""{"total":"[number]","customer":{"email":"[string]"}}""", (await Data(id)).ToJsonString());
        Assert.Equal(3, await Count("workspace_redaction_changed"));
    }

    [Fact]
    public async Task Rules_of_redaction_are_checked_when_they_are_written_and_bounded()
    {
        (await Put("{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("paths", "required");
        (await Put("""{"paths":"$.data"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("paths", "list");
        (await Put("""{"paths":["$.data","data",7,"$.data"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("paths[1]", "begins with $").Names("paths[2]", "a string").Names("paths[3]", "twice");
        (await Put(Paths(65))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("paths", "at most 64");
        Assert.Equal("""{"paths":null}""", (await workspace.Get("/redaction")).Text);
        (await Put(Paths(64))).Is(HttpStatusCode.OK);

        static string Paths(int count) => $$"""{"paths":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"$.data.p{i}\""))}}]}""";
    }

    [Fact]
    public async Task The_raw_body_is_shown_once_for_a_reason_that_is_recorded_first()
    {
        var id = await Publish("""{"customer":{"email":"anna@example.com"}}""");
        (await Reveal($"/events/{id}", "too short")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "10 to 500");
        (await Reveal($"/events/{id}", new('r', 501))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "10 to 500");
        Assert.Equal(0, await Count("raw_data_revealed"));

        var auditor = await workspace.WithKey("auditor");
        var shown = (await auditor.Post($"/events/{id}/reveal", Because(Reason))).Is(HttpStatusCode.OK);
        Assert.Equal("anna@example.com", shown.Json["body"]!["json"]!["data"]!["customer"]!["email"]!.GetValue<string>());
        Assert.True(shown.Headers.CacheControl!.NoStore);

        var stored = Assert.Single((await workspace.Get("/streams/" + shown["reveal"])).Is(HttpStatusCode.OK).Items);
        Assert.Equal("raw_data_revealed", stored["type"]!.GetValue<string>());
        Assert.Equal($$"""{"of":"{{id}}","reason":"reveals/{{shown["reveal"]}}"}""", Without(stored["data"]!, "at"));
        Assert.StartsWith("key_", stored["actor"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(Reason, (await workspace.Get("/reveals/" + shown["reveal"])).Is(HttpStatusCode.OK)["reason"]);
        Assert.Equal(stored["actor"]!.GetValue<string>(), Assert.Single((await workspace.Get("/reveals")).Is(HttpStatusCode.OK).Items)["by"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_mapping_sent_and_the_target_answered_is_kept_redacted_and_revealed()
    {
        var delivery = await Deliver(mapping: """{"mail":"$.data.email"}""");
        var bodies = (await workspace.Get($"/deliveries/{delivery}?include=bodies")).Is(HttpStatusCode.OK).Json["attempts"]![0]!["bodies"]!;
        Assert.Equal(("redacted", """{"mail":"[string]"}"""), (bodies["request"]!["state"]!.GetValue<string>(), bodies["request"]!["json"]!.ToJsonString()));
        Assert.Equal("""{"id":"[number]","to":"[string]"}""", bodies["response"]!["json"]!.ToJsonString());
        Assert.DoesNotContain("anna@example.com", bodies.ToJsonString(), StringComparison.Ordinal);

        var shown = (await Reveal($"/deliveries/{delivery}/attempts/1", Reason)).Is(HttpStatusCode.OK);
        Assert.Equal("""{"mail":"anna@example.com"}""", shown.Json["request"]!["json"]!.ToJsonString());
        Assert.Equal("anna@example.com", shown.Json["response"]!["json"]!["to"]!.GetValue<string>());
        Assert.Equal(1, await Count("raw_data_revealed"));
        foreach (var none in new[] { "2", "0", "-1", "one", "99999999999" }) (await Reveal($"/deliveries/{delivery}/attempts/{none}", Reason)).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_has_expired_or_does_not_open_is_said_to_and_nothing_is_recorded()
    {
        var delivery = await Deliver(mapping: null);
        var id = (await workspace.Get("/deliveries/" + delivery))["event"];
        await Run("update eventmesh.payloads set body = set_byte(body, 40, get_byte(body, 40) # 1)");
        (await Reveal($"/events/{id}", Reason)).IsProblem(HttpStatusCode.InternalServerError, "seal_broken");
        (await Reveal($"/deliveries/{delivery}/attempts/1", Reason)).IsProblem(HttpStatusCode.InternalServerError, "seal_broken");
        Assert.Equal("broken", (await Body(id))["state"]!.GetValue<string>());

        await Run("delete from eventmesh.payloads");
        (await Reveal($"/events/{id}", Reason)).IsProblem(HttpStatusCode.Gone, "expired");
        (await Reveal($"/deliveries/{delivery}/attempts/1", Reason)).IsProblem(HttpStatusCode.Gone, "expired");
        Assert.Equal("expired", (await Body(id))["state"]!.GetValue<string>());
        Assert.Equal(0, await Count("raw_data_revealed"));
    }

    [Fact]
    public async Task Only_operators_and_auditors_may_and_an_admin_only_under_an_elevation_that_the_record_names()
    {
        var id = await Publish("{}");
        foreach (var role in new[] { "developer", "publisher" })
        {
            var one = await workspace.WithKey(role);
            (await one.Post($"/events/{id}/reveal", Because(Reason))).IsProblem(HttpStatusCode.Forbidden, "forbidden");
            (await one.Get($"/events/{id}?include=data")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
            (await one.Get($"/events/{id}")).Is(HttpStatusCode.OK);
        }
        (await workspace.Get($"/events/{id}?include=bodies")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("include", "data");

        (await workspace.AsAdmin.Post($"/events/{id}/reveal", Because(Reason))).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var elevation = (await workspace.AsAdmin.Post("/elevations", $$"""{"roles":["auditor"],"reason":"{{Reason}}","duration_seconds":600}""")).Is(HttpStatusCode.Created)["id"];
        (await workspace.Post($"/elevations/{elevation}/approve", "{}")).Is(HttpStatusCode.OK);
        var shown = (await workspace.AsAdmin.Post($"/events/{id}/reveal", Because(Reason))).Is(HttpStatusCode.OK);
        Assert.Equal(elevation, (await workspace.Get("/reveals/" + shown["reveal"])).Is(HttpStatusCode.OK)["elevation"]);

        // What was typed is in no event.
        Assert.Equal(0L, await Ask($"select count(*) from mt_events where data::text like '%{Reason}%' or headers::text like '%{Reason}%'"));
        Assert.Equal(Reason, (await workspace.Get("/elevations/" + elevation))["reason"]);
    }

    private Task<Answer> Put(string json) => workspace.Send(HttpMethod.Put, "/redaction", json);

    private async Task Redact(string paths) => (await Put($$"""{"paths":{{paths}}}""")).Is(HttpStatusCode.OK);

    private Task<Answer> Reveal(string what, string reason) => workspace.Post(what + "/reveal", Because(reason));

    private static string Because(string reason) => $$"""{"reason":"{{reason}}"}""";

    private async Task<string> Publish(string data) => (await workspace.Publish(Workspace.Event($"{Guid.NewGuid():N}", further: $",\"data\":{data}"))).Is(HttpStatusCode.Accepted)["id"];

    private async Task<JsonNode> Body(string id) => (await workspace.Get($"/events/{id}?include=data")).Is(HttpStatusCode.OK).Json["body"]!;

    private async Task<JsonNode> Data(string id) => (await Body(id))["json"]!["data"]!;

    private async Task<string> Deliver(string? mapping, string status = "delivered")
    {
        var connection = await workspace.Connection(receiver.Url("/hook").OriginalString);
        (await workspace.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"]{{(mapping is null ? "" : $",\"mapping\":{mapping}")}}}""")).Is(HttpStatusCode.Created);
        await Publish("""{"email":"anna@example.com"}""");
        JsonNode? found = null;
        await Eventually.True(async () => (found = (await workspace.Get("/deliveries?status=" + status)).Is(HttpStatusCode.OK).Items.SingleOrDefault()) is not null, Patience, "the delivery to be " + status);
        return found!["id"]!.GetValue<string>();
    }

    private static string Without(JsonNode data, string member)
    {
        data.AsObject().Remove(member);
        return data.ToJsonString();
    }

    private async Task<long> Count(string type) => (long)(await Ask($"select count(*) from mt_events where tenant_id = '{workspace.Id}' and type = '{type}'"))!;

    private Task Run(string sql) => Ask(sql);

    private async Task<object?> Ask(string sql)
    {
        await using var connection = new NpgsqlConnection(mesh.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
