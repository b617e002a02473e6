using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_roles_are_narrow(RunningMesh mesh)
{
    [Fact]
    public async Task A_key_does_what_its_roles_allow_and_no_more_and_other_roles_hold_at_once()
    {
        var workspace = await mesh.Workspace();
        var issued = (await workspace.Post("/keys", """{"name":"app","roles":["publisher"]}""")).Is(HttpStatusCode.Created);
        var publisher = workspace with { Caller = new(mesh.Process.Client(issued["key"])) };
        (await publisher.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await publisher.Get("/events")).Is(HttpStatusCode.OK);
        var refused = (await publisher.Get("/rules")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("That takes the role operator or developer or auditor.", refused["detail"]);
        (await publisher.Post("/keys", """{"name":"more"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        (await workspace.Patch("/keys/" + issued["id"], """{"roles":["auditor"]}""")).Is(HttpStatusCode.OK);
        (await publisher.Publish(Workspace.Event("2"))).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await publisher.Get("/rules")).Is(HttpStatusCode.OK);
        Assert.Equal("""["auditor"]""", (await workspace.Get("/keys")).Items.Single(k => k["id"]!.GetValue<string>() == issued["id"])["roles"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"roles":[]}""", "must name at least one")]
    [InlineData("""{"roles":["king"]}""", "must be of operator")]
    [InlineData("""{"roles":null}""", "must name at least one")]
    public async Task Wrong_roles_are_refused_and_change_nothing(string body, string words)
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Get("/keys")).Items.Single()["id"]!.GetValue<string>();
        (await workspace.Patch("/keys/" + first, body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("roles", words);
        (await workspace.Get("/rules")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_admin_issues_the_first_key_and_no_other_whoever_asks_at_once()
    {
        var created = (await mesh.Admin.Post("/v1/workspaces", """{"name":"Acme"}""")).Is(HttpStatusCode.Created)["id"];
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => mesh.Admin.Post($"/v1/workspaces/{created}/keys", """{"name":"first"}""")));
        var issued = Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a != issued), a => a.IsProblem(HttpStatusCode.Forbidden, "forbidden"));
        var holder = new Workspace(mesh.Process, created, issued["key"], new(mesh.Process.Client(issued["key"])));
        (await holder.Post("/keys", """{"name":"second"}""")).Is(HttpStatusCode.Created);
        // Not even when it is revoked: the workspace has had its first.
        (await holder.Delete("/keys/" + issued["id"])).Is(HttpStatusCode.NoContent);
        (await mesh.Admin.Post($"/v1/workspaces/{created}/keys", """{"name":"again"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_admin_with_a_name_is_one_until_removed()
    {
        var added = (await mesh.Admin.Post("/v1/admins", """{"name":"Ada"}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^ema_[0-9A-Za-z]{32}$", added["token"]);
        var ada = new Caller(mesh.Process.Client(added["token"]));
        var listed = (await ada.Get("/v1/admins?limit=200")).Is(HttpStatusCode.OK);
        Assert.Contains(listed.Items, a => a["id"]!.GetValue<string>() == added["id"] && a["name"]!.GetValue<string>() == "Ada");
        Assert.DoesNotContain(added["token"], listed.Text, StringComparison.Ordinal);
        var workspace = await mesh.Workspace();
        Assert.Contains("elevation", (await ada.Get(workspace.Path + "/events")).IsProblem(HttpStatusCode.Forbidden, "forbidden")["detail"], StringComparison.Ordinal);
        (await workspace.Caller.Get("/v1/admins")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        (await mesh.Admin.Delete("/v1/admins/" + added["id"])).Is(HttpStatusCode.NoContent);
        (await ada.Get("/v1/workspaces")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await mesh.Admin.Delete("/v1/admins/adm_none")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_is_refused_is_in_the_history_of_the_one_who_asked_counted_together()
    {
        var workspace = await mesh.Workspace();
        var other = await mesh.Workspace();
        var auditor = await workspace.WithKey("auditor");
        for (var i = 0; i < 5; i++) (await auditor.Delete("/rules/rul_x")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await auditor.Caller.Get(other.Path + "/rules")).IsProblem(HttpStatusCode.NotFound, "not_found");
        JsonNode[] refused = [];
        await Eventually.True(async () =>
        {
            refused = [.. (await workspace.Get("/feed")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).Where(e => e["type"]!.GetValue<string>() == "access_refused").Select(e => e["data"]!)];
            return refused.Length >= 2;
        }, TimeSpan.FromSeconds(30), "the refusals to be written");
        var role = refused.First(r => r["reason"]!.GetValue<string>() == "role");
        Assert.Equal(("write_rules", "DELETE /v1/workspaces/{ws}/rules/{id}", "rul_x"), (role["permission"]!.GetValue<string>(), role["route"]!.GetValue<string>(), role["resource"]!.GetValue<string>()));
        Assert.StartsWith("key_", role["actor"]!.GetValue<string>(), StringComparison.Ordinal);
        var outside = refused.Single(r => r["reason"]!.GetValue<string>() == "other_workspace");
        Assert.Equal(other.Id, outside["asked"]!.GetValue<string>());
        Assert.DoesNotContain("access_refused", (await other.Get("/feed")).Text, StringComparison.Ordinal);
    }
}
