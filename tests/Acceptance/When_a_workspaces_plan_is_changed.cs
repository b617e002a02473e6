using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_workspaces_plan_is_changed(RunningMesh mesh)
{
    [Fact]
    public async Task The_plan_and_limits_of_its_own_hold_at_once_and_are_shown()
    {
        var workspace = await mesh.Workspace();
        var before = await workspace.Get("");
        Assert.Equal(("{}", 1_000_000, "hard"), (before.Json["overrides"]!.ToJsonString(), before.Json["limits"]!["events_per_month"]!.GetValue<int>(), before.Json["limits"]!["overage"]!.GetValue<string>()));

        var changed = (await workspace.AsAdmin.Patch("", """{"plan":"professional","limits":{"connections":3,"overage":"hard"}}""", ("If-Match", before.Headers.ETag!.Tag))).Is(HttpStatusCode.OK);
        Assert.Equal(("professional", """{"connections":3,"overage":"hard"}"""), (changed["plan"], changed.Json["overrides"]!.ToJsonString()));
        Assert.Equal((3, 2_000, "hard"), (changed.Json["limits"]!["connections"]!.GetValue<int>(), changed.Json["limits"]!["rules"]!.GetValue<int>(), changed.Json["limits"]!["overage"]!.GetValue<string>()));
        Assert.Equal(changed.Text, (await workspace.Get("")).Text);

        (await workspace.AsAdmin.Patch("", """{"limits":{"connections":null,"rules":1}}""")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"rules":1,"overage":"hard"}""", (await workspace.Get("")).Json["overrides"]!.ToJsonString());
        Assert.Equal("{}", (await workspace.AsAdmin.Patch("", """{"limits":null}""")).Is(HttpStatusCode.OK).Json["overrides"]!.ToJsonString());
        Assert.Equal("{}", (await workspace.AsAdmin.Patch("", "{}")).Is(HttpStatusCode.OK).Json["overrides"]!.ToJsonString());
        Assert.Equal(
            ["workspace_created", "workspace_plan_changed", "workspace_limits_changed", "workspace_limits_changed", "workspace_limits_changed"],
            (await workspace.Get("/streams/workspace")).Items.Select(e => e["type"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"plan":"bronze"}""", "plan", "must be one of starter, professional, enterprise")]
    [InlineData("""{"plan":null}""", "plan", "may not be taken away")]
    [InlineData("""{"name":"x"}""", "name", "cannot be changed")]
    [InlineData("""{"limits":{"events_per_second":0}}""", "limits.events_per_second", "must be an integer from 1 to 1000000")]
    [InlineData("""{"limits":{"events_per_second":1000001}}""", "limits.events_per_second", "must be an integer from 1 to 1000000")]
    [InlineData("""{"limits":{"connections":-1}}""", "limits.connections", "must be an integer from 0 to 100000")]
    [InlineData("""{"limits":{"connections":"1"}}""", "limits.connections", "must be an integer")]
    [InlineData("""{"limits":{"connections":1.5}}""", "limits.connections", "must be an integer")]
    [InlineData("""{"limits":{"overage":"mild"}}""", "limits.overage", "must be hard or soft")]
    [InlineData("""{"limits":{"bytes":1}}""", "limits.bytes", "is not a known field")]
    [InlineData("""{"limits":7}""", "limits", "must be an object")]
    public async Task A_wrong_change_is_refused_by_field_and_reason_and_changes_nothing(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.AsAdmin.Patch("", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Equal("\"1\"", (await workspace.Get("")).Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Only_the_admin_may_and_only_what_was_read()
    {
        var workspace = await mesh.Workspace();
        (await workspace.AsAdmin.Patch("", """{"plan":"enterprise"}""", ("If-Match", "\"7\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Patch("", """{"plan":"enterprise"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("starter", (await workspace.Get(""))["plan"]);
    }

    [Fact]
    public async Task A_workspace_whose_plan_is_in_no_file_may_do_nothing_that_is_limited_until_it_has_another()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("plans");
        await using var first = await RunningMesh.StartOn(database);
        var workspace = await Workspace.New(first);
        var plans = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/Domain/Limits/plans.json"), TestContext.Current.CancellationToken))!.AsObject();
        var file = Path.Combine(first.Home, "plans.json");
        await File.WriteAllTextAsync(file, new JsonObject { ["bronze"] = plans["starter"]!.DeepClone() }.ToJsonString(), TestContext.Current.CancellationToken);

        await using var second = await EventMeshProcess.Start(new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_PLANS"] = file,
        });
        var there = workspace.On(second).AsAdmin;
        var holder = workspace.On(second);
        (await there.Caller.Post("/v1/workspaces", """{"name":"Acme"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("plan", "must be one of bronze");
        Assert.Null((await there.Get("")).Is(HttpStatusCode.OK).Json["limits"]);
        (await holder.Publish(Workspace.Event("1"))).IsProblem(HttpStatusCode.ServiceUnavailable, "plan_unknown");
        (await holder.Post("/connections", """{"name":"hook","kind":"webhook","config":{"url":"http://127.0.0.1:9/"}}""")).IsProblem(HttpStatusCode.ServiceUnavailable, "plan_unknown");
        (await holder.Get("/events")).IsProblem(HttpStatusCode.ServiceUnavailable, "plan_unknown");

        (await there.Patch("", """{"plan":"bronze"}""")).Is(HttpStatusCode.OK);
        Assert.Empty((await holder.Get("/events")).Items);
        (await holder.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
    }
}
