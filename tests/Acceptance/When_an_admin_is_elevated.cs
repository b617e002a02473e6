using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_an_admin_is_elevated(RunningMesh mesh)
{
    private const string Reason = "Look into ticket 4711";

    [Fact]
    public async Task It_is_asked_for_with_a_reason_and_approved_by_somebody_of_the_workspace()
    {
        var workspace = await mesh.Workspace();
        var asked = await Ask(workspace);
        Assert.Equal(("requested", "admin", Reason, 3600), (asked["status"], asked["admin"], asked["reason"], asked.Json["duration_seconds"]!.GetValue<int>()));
        Assert.Equal(["auditor"], asked.Json["roles"]!.AsArray().Select(r => r!.GetValue<string>()));

        var approved = (await workspace.Post($"/elevations/{asked["id"]}/approve", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal("active", approved["status"]);
        Assert.StartsWith("key_", approved["decided_by"], StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(1), approved.Json["ends_at"]!.GetValue<DateTimeOffset>() - approved.Json["decided_at"]!.GetValue<DateTimeOffset>());
        Assert.Equal(asked["id"], Assert.Single((await workspace.Get("/elevations")).Is(HttpStatusCode.OK).Items)["id"]!.GetValue<string>());

        var ended = (await workspace.Post($"/elevations/{asked["id"]}/end", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal(("ended", approved["decided_by"]), (ended["status"], ended["ended_by"]));
        Assert.Equal(ended.Text, (await workspace.Get("/elevations/" + asked["id"])).Is(HttpStatusCode.OK).Text);
        (await workspace.Post($"/elevations/{asked["id"]}/approve", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Nobody_decides_on_their_own_and_what_is_refused_stays_refused()
    {
        var workspace = await mesh.Workspace();
        var id = (await Ask(workspace))["id"];
        Assert.Contains("own elevation", (await mesh.Admin.Post($"{workspace.Path}/elevations/{id}/approve", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict")["detail"], StringComparison.Ordinal);
        (await mesh.Admin.Post($"{workspace.Path}/elevations/{id}/refuse", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal("refused", (await workspace.Post($"/elevations/{id}/refuse", "{}")).Is(HttpStatusCode.OK)["status"]);
        (await workspace.Post($"/elevations/{id}/approve", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        // Somebody of the workspace asks for none: they are in it.
        (await workspace.Post("/elevations", Body())).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.Post("/elevations/elv_none/approve", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Reasons_and_durations_have_limits()
    {
        var workspace = await mesh.Workspace();
        (await Post(Body(reason: new('r', 10), seconds: 60))).Is(HttpStatusCode.Created);
        (await Post(Body(reason: new('r', 500), seconds: 4 * 3600))).Is(HttpStatusCode.Created);
        (await Post(Body(reason: new string('r', 9) + " "))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "10 to 500");
        (await Post(Body(reason: new('r', 501)))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "10 to 500");
        (await Post(Body(reason: "not a text\\u0000"))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "control");
        (await Post(Body(seconds: 59))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("duration_seconds", "60 to 14400");
        (await Post(Body(seconds: 14_401))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("duration_seconds", "60 to 14400");
        (await Post(Body(roles: "\"admin\""))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("roles", "operator");
        (await Post(Body(roles: ""))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("roles", "operator");
        (await Post("{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("roles", "must").Names("reason", "must").Names("duration_seconds", "must");

        Task<Answer> Post(string body) => mesh.Admin.Post(workspace.Path + "/elevations", body);
    }

    [Fact]
    public async Task It_gives_its_roles_and_no_more_and_every_act_under_it_carries_its_id()
    {
        var workspace = await mesh.Workspace();
        var (admin, id, elevation) = await Elevated(mesh.Process, workspace, "developer");
        var there = workspace with { Caller = admin };
        Assert.Equal(["event_type_created"], await Acts(there, HttpStatusCode.Created));
        // The role's limits are the elevation's, and others' workspaces are as closed as before.
        (await there.Get("/feed")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await admin.Get((await mesh.Workspace()).Path + "/rules")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        var rule = (await workspace.Get("/feed")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).Single(e => e["type"]!.GetValue<string>() == "event_type_created");
        Assert.Equal((id, elevation), (rule["actor"]!.GetValue<string>(), rule["elevation"]!.GetValue<string>()));
        // Looking is told, too: once an hour for each permission.
        for (var again = 0; again < 2; again++) (await there.Get("/connections")).Is(HttpStatusCode.OK);
        var uses = (await workspace.Get("/feed?type=elevation_used")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToArray();
        Assert.All(uses, u => Assert.Equal((id, elevation, elevation), (u["actor"]!.GetValue<string>(), u["elevation"]!.GetValue<string>(), u["data"]!["of"]!.GetValue<string>())));
        var told = uses.Select(u => u["data"]!["permission"]!.GetValue<string>()).ToArray();
        Assert.Contains("read_connections", told);
        // Twice where the hour changes meanwhile.
        Assert.InRange(told.Count(t => t == "read_connections"), 1, 2);
        // Of what the workspace's own did, nothing says so.
        Assert.All((await workspace.Get("/streams/" + elevation)).Items, e => Assert.Null(e["elevation"]));
        await Eventually.True(() => Task.FromResult(mesh.Process.Lines.Any(l =>
            l.Contains("http.request", StringComparison.Ordinal) && l.Contains(elevation, StringComparison.Ordinal) && l.Contains("POST", StringComparison.Ordinal) && JsonNode.Parse(l)!["elevation"]?.GetValue<string>() == elevation)),
            TimeSpan.FromSeconds(20), "the request's line to name the elevation");

        (await workspace.Post($"/elevations/{elevation}/end", "{}")).Is(HttpStatusCode.OK);
        Assert.Empty(await Acts(there, HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task An_admin_who_is_not_elevated_finds_nothing_and_is_told_how_to_be()
    {
        var workspace = await mesh.Workspace();
        var answer = (await mesh.Admin.Get(workspace.Path + "/events")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains("elevation", answer["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_an_elevation_nobody_decides_on_their_own_next_one_and_gives_no_access_that_would_outlast_it()
    {
        var workspace = await mesh.Workspace();
        var (admin, _, elevation) = await Elevated(mesh.Process, workspace, "operator");
        var next = (await admin.Post(workspace.Path + "/elevations", Body())).Is(HttpStatusCode.Created)["id"];
        (await admin.Post($"{workspace.Path}/elevations/{next}/approve", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await admin.Post(workspace.Path + "/keys", """{"name":"mine"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var refused = (await admin.Post(workspace.Path + "/service-accounts", """{"name":"mine","roles":["operator"]}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains("would outlast it", refused["detail"], StringComparison.Ordinal);
        Assert.Contains("the role publisher", (await admin.Post(workspace.Path + "/events", "{}")).IsProblem(HttpStatusCode.Forbidden, "forbidden")["detail"], StringComparison.Ordinal);
        await Eventually.True(async () => (await Refusals()).SetEquals([("outlasting", elevation), ("role", elevation)]), TimeSpan.FromSeconds(60), "the workspace's history to tell both, with the elevation");
        // What it may do is not counted against the workspace's calls.
        Assert.False((await admin.Get(workspace.Path + "/rules")).Is(HttpStatusCode.OK).Headers.Contains("RateLimit-Limit"));

        async Task<HashSet<(string?, string?)>> Refusals() =>
            [.. (await workspace.Get("/feed?type=access_refused")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!["data"]!).Select(d => (d["reason"]?.GetValue<string>(), d["elevation"]?.GetValue<string>()))];
    }

    [Fact]
    public async Task It_ends_by_itself_at_its_time()
    {
        var workspace = await mesh.Workspace();
        var (admin, _, elevation) = await Elevated(mesh.Process, workspace, "auditor", seconds: 60);
        var endsAt = (await workspace.Get("/elevations/" + elevation)).Json["ends_at"]!.GetValue<DateTimeOffset>();
        (await admin.Get(workspace.Path + "/rules")).Is(HttpStatusCode.OK);
        await Eventually.True(async () =>
        {
            var asked = DateTimeOffset.UtcNow;
            var status = (await admin.Get(workspace.Path + "/rules")).Status;
            Assert.True(status == (asked >= endsAt ? HttpStatusCode.Forbidden : HttpStatusCode.OK) || (asked < endsAt && DateTimeOffset.UtcNow >= endsAt), $"{(int)status} to a request {asked - endsAt} after its end");
            return status == HttpStatusCode.Forbidden;
        }, TimeSpan.FromSeconds(120), "the elevation to be over");
        Assert.Equal("ended", (await workspace.Get("/elevations/" + elevation))["status"]);
    }

    [Fact]
    public async Task One_that_is_approved_on_one_node_holds_at_once_on_the_others_and_one_that_is_ended_is_over_there_within_a_second()
    {
        const string token = "the-admin-of-these-nodes";
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = await (await PostgresServer.Shared).CreateDatabase("elevated"), ["EVENTMESH_ADMIN_TOKEN"] = token };
        await using var one = await EventMeshProcess.Start(settings);
        settings["EVENTMESH_ROLES"] = "api";
        await using var two = await EventMeshProcess.Start(settings);
        var workspace = await Workspace.New(one);
        var (admin, _, elevation) = await Elevated(one, workspace, "auditor");
        var there = new Caller(two.Client(admin.Http.DefaultRequestHeaders.Authorization!.Parameter));
        (await there.Get(workspace.Path + "/rules")).Is(HttpStatusCode.OK);

        (await workspace.Post($"/elevations/{elevation}/end", "{}")).Is(HttpStatusCode.OK);
        var ended = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.True(async () =>
        {
            var began = ended.Elapsed;
            var status = (await there.Get(workspace.Path + "/rules")).Status;
            // A node that cannot know says that, and lets nobody in.
            Assert.True(status is HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable || began < TimeSpan.FromSeconds(1), $"{(int)status} to a request {began} after it was ended");
            return status == HttpStatusCode.Forbidden;
        }, Eventually.Patience, "the other node to know");
    }

    /// <summary>A new admin, elevated in the workspace by its first key's holder.</summary>
    private static async Task<(Caller Admin, string Id, string Elevation)> Elevated(EventMeshProcess process, Workspace workspace, string role, int seconds = 3600)
    {
        var added = (await new Caller(process.Client()).Post("/v1/admins", """{"name":"Ann"}""")).Is(HttpStatusCode.Created);
        var admin = new Caller(process.Client(added["token"]));
        (await admin.Get(workspace.Path + "/rules")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var asked = (await admin.Post(workspace.Path + "/elevations", Body($"\"{role}\"", seconds: seconds))).Is(HttpStatusCode.Created);
        (await admin.Get(workspace.Path + "/rules")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("active", (await workspace.Post($"/elevations/{asked["id"]}/approve", "{}")).Is(HttpStatusCode.OK)["status"]);
        return (admin, added["id"], asked["id"]);
    }

    private static async Task<string[]> Acts(Workspace workspace, HttpStatusCode status) =>
        (await workspace.Post("/event-types", """{"name":"order.created"}""")).Is(status).Status == HttpStatusCode.Created ? ["event_type_created"] : [];

    private async Task<Answer> Ask(Workspace workspace) => (await mesh.Admin.Post(workspace.Path + "/elevations", Body())).Is(HttpStatusCode.Created);

    private static string Body(string roles = "\"auditor\"", string reason = Reason, int seconds = 3600) =>
        $$"""{"roles":[{{roles}}],"reason":"{{reason}}","duration_seconds":{{seconds}}}""";
}
