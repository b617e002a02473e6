using System.Net;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public sealed class When_projections_are_steered
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task They_pause_resume_stop_at_what_they_cannot_take_in_and_go_on_when_told()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("steered");
        await using var process = await RunningMesh.StartOn(database);
        await using var sql = NpgsqlDataSource.Create(database);
        var admin = new Caller(process.Client());
        var workspace = await Workspace.New(process);
        await workspace.Rule("{}", await workspace.Connection());
        await Delivered(workspace, 1);

        Assert.Equal(["deliveries", "usage"], (await admin.Get("/v1/projections")).Is(HttpStatusCode.OK).Items.Select(i => i["name"]!.GetValue<string>()).Intersect(["deliveries", "usage"]));
        Assert.Equal("paused", (await admin.Post("/v1/projections/deliveries/pause", "")).Is(HttpStatusCode.OK)["state"]);
        (await workspace.Publish(Workspace.Event("while-paused"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await admin.Get("/v1/projections/deliveries")).Json["lag_events"]!.GetValue<long>() > 0, Deadline, "it to fall behind");
        Assert.Single((await workspace.Get("/deliveries")).Items);
        Assert.Equal("running", (await admin.Post("/v1/projections/deliveries/resume", "")).Is(HttpStatusCode.OK)["state"]);
        await Delivered(workspace, 2);

        (await admin.Post("/v1/projections/deliveries/retry", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        await Break(sql, workspace.Id);
        Answer? stopped = null;
        await Eventually.True(async () => (stopped = await admin.Get("/v1/projections/deliveries"))["state"] == "stopped", Deadline, "it to stop");
        var at = stopped!.Json["stopped"]!;
        Assert.Equal((workspace.Id, "delivery_succeeded"), (at["workspace"]!.GetValue<string>(), at["event_type"]!.GetValue<string>()));
        Assert.DoesNotContain("canary", stopped.Text, StringComparison.Ordinal);
        Assert.Equal("""["deliveries"]""", (await admin.Get("/readyz")).Is(HttpStatusCode.OK).Json["projections_stopped"]!.ToJsonString());
        (await admin.Get("/healthz")).Is(HttpStatusCode.OK);
        Assert.Contains(process.Lines, l => l.Contains("projection.stopped", StringComparison.Ordinal));
        Assert.Equal("running", (await admin.Get("/v1/projections/usage"))["state"]);

        var since = at["since"]!.GetValue<DateTimeOffset>();
        (await admin.Post("/v1/projections/deliveries/retry", "")).Is(HttpStatusCode.OK);
        await Eventually.True(async () => (await admin.Get("/v1/projections/deliveries")).Json["stopped"]?["since"]?.GetValue<DateTimeOffset>() > since, Deadline, "it to stop once more");
        (await admin.Post("/v1/projections/deliveries/skip", "{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("position", "must be the position");
        (await admin.Post("/v1/projections/deliveries/skip", """{"position":"000000000001-000000000001"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await admin.Post("/v1/projections/deliveries/skip", $$"""{"position":"{{at["position"]!.GetValue<string>()}}"}""")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("behind-it"))).Is(HttpStatusCode.Accepted);
        await Delivered(workspace, 3);
        Assert.DoesNotContain("deliveries", (await admin.Get("/readyz")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);

        await using var recorded = sql.CreateCommand("select string_agg(type, ',' order by version) from mt_events where tenant_id = '$platform' and stream_id = 'projection-deliveries'");
        Assert.Equal("projection_paused,projection_resumed,projection_retried,projection_event_skipped", await recorded.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_rebuild_is_asked_for_watched_and_recorded()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("rebuilt");
        await using var process = await RunningMesh.StartOn(database);
        await using var sql = NpgsqlDataSource.Create(database);
        var admin = new Caller(process.Client());
        var workspace = await Workspace.New(process);
        await workspace.Rule("{}", await workspace.Connection());
        await Delivered(workspace, 1);
        (await admin.Get("/v1/projections/deliveries/rebuild")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await admin.Post("/v1/projections/deliveries/rebuild/cancel", "")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await admin.Post("/v1/projections/none/rebuild", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await admin.Post("/v1/projections/deliveries/rebuild", """{"workspace":"none"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("workspace", "is not a workspace");
        (await workspace.Caller.Get("/v1/projections")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        foreach (var body in new[] { "{}", $$"""{"workspace":"{{workspace.Id}}"}""" })
        {
            await using (var damage = sql.CreateCommand("update eventmesh.deliveries set attempts = 99")) await damage.ExecuteNonQueryAsync();
            var asked = (await admin.Post("/v1/projections/deliveries/rebuild", body)).Is(HttpStatusCode.Accepted);
            await Eventually.True(async () => (await admin.Get("/v1/projections/deliveries/rebuild")) is var now && now["id"] == asked["id"] && now["state"] == "done", Deadline, "its end");
            Assert.NotEqual(99, (await workspace.Get("/deliveries")).Items.Single()["attempts_made"]!.GetValue<int>());
        }
        (await admin.Post("/v1/projections/deliveries/rebuild/cancel", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        await using var recorded = sql.CreateCommand("select count(*) from mt_events where tenant_id = '$platform' and type = 'projection_rebuilt' and data ->> 'outcome' = 'done' and user_name is not null");
        Assert.Equal(2L, await recorded.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Killed_half_way_it_is_gone_on_with_by_another_node()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("taken_over");
        await using var one = await RunningMesh.StartOn(database);
        await using var other = await EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ADMIN_TOKEN"] = one.AdminToken, ["EVENTMESH_ROLES"] = "projections,api" });
        await using var sql = NpgsqlDataSource.Create(database);
        var workspace = await Workspace.New(one);
        await workspace.Rule("{}", await workspace.Connection());
        await Delivered(workspace, 1);
        await using (var damage = sql.CreateCommand("update eventmesh.deliveries set attempts = 99")) await damage.ExecuteNonQueryAsync();
        // A reader in the way holds it before its end.
        await using var reader = await sql.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand("select count(*) from eventmesh.deliveries", reader)) await read.ExecuteScalarAsync();
        (await new Caller(one.Client()).Post("/v1/projections/deliveries/rebuild", "{}")).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(Taken(one) || Taken(other)), Deadline, "a node to take it up");
        await using var noted = sql.CreateCommand("select repeatable from eventmesh.projection_rebuilds");
        await Eventually.True(async () => await noted.ExecuteScalarAsync() is true, Deadline, "it to be noted how far it is");

        var (doomed, survivor) = Taken(one) ? (one, other) : (other, one);
        await doomed.Kill();
        await reading.DisposeAsync();
        await Eventually.True(() => Task.FromResult(Taken(survivor)), Deadline, "the other node to go on");

        var admin = new Caller(survivor.Client());
        await Eventually.True(async () => (await admin.Get("/v1/projections/deliveries/rebuild"))["state"] == "done", Deadline, "its end");
        Assert.NotEqual(99, (await workspace.On(survivor).Get("/deliveries")).Items.Single()["attempts_made"]!.GetValue<int>());

        static bool Taken(EventMeshProcess node) => node.Lines.Any(l => l.Contains("rebuild.taken", StringComparison.Ordinal));
    }

    private static async Task Delivered(Workspace workspace, int deliveries)
    {
        if (deliveries == 1) (await workspace.Publish(Workspace.Event("first"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items.Count == deliveries, Deadline, $"{deliveries} deliveries");
    }

    /// <summary>Puts an event into the history that no version of the platform would have written.</summary>
    private static async Task Break(NpgsqlDataSource sql, string workspace)
    {
        await using var insert = sql.CreateCommand($$"""
            insert into mt_streams (tenant_id, id, type, version) values ('{{workspace}}', 'dlv_broken', 'delivery', 1);
            insert into mt_events (id, stream_id, version, data, type, tenant_id) values (gen_random_uuid(), 'dlv_broken', 1, '{"of":{"event":7,"connection":"canary"},"at":"2026-11-21T09:00:00Z"}', 'delivery_succeeded', '{{workspace}}');
            """);
        await insert.ExecuteNonQueryAsync();
    }
}
