using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_an_admin_is_elevated(RunningMesh mesh)
{
    private const string Reason = "Look into ticket 4711";

    [Fact]
    public async Task It_is_asked_for_with_a_reason_and_approved_by_somebody_of_the_workspace()
    {
        var workspace = await (await mesh.Workspace()).WithKey();
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
        var workspace = await (await mesh.Workspace()).WithKey();
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

    private async Task<Answer> Ask(Workspace workspace) => (await mesh.Admin.Post(workspace.Path + "/elevations", Body())).Is(HttpStatusCode.Created);

    private static string Body(string roles = "\"auditor\"", string reason = Reason, int seconds = 3600) =>
        $$"""{"roles":[{{roles}}],"reason":"{{reason}}","duration_seconds":{{seconds}}}""";
}
