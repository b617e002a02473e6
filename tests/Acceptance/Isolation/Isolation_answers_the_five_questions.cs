using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>The five ways in which platforms of many tenants have leaked: each asked of this one.</summary>
public sealed class Isolation_answers_the_five_questions(RunningMesh mesh)
{
    [Fact]
    public async Task Data_nothing_that_one_workspace_reads_holds_anything_of_another()
    {
        var mine = await Furnished.New(mesh, "mine-" + Guid.NewGuid().ToString("N"));
        var theirs = await Furnished.New(mesh, "theirs-" + Guid.NewGuid().ToString("N"));
        foreach (var operation in Operation.All.Where(o => o is { Method: "GET", InWorkspace: true }))
        {
            var path = mine.Here(operation, mine.Workspace.Id);
            foreach (var asked in new[] { path, path + "?limit=200" })
            {
                var answer = await mine.Workspace.Caller.Get(asked);
                Assert.DoesNotContain(theirs.Mark, answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(theirs.Workspace.Id, answer.Text, StringComparison.Ordinal);
                Assert.All(theirs.Ids.Values.Where(id => id.Length > 20), id => Assert.DoesNotContain(id, answer.Text, StringComparison.Ordinal));
            }
        }
        // The same reads find one's own.
        Assert.Contains(mine.Mark, (await mine.Workspace.Get("/connections")).Text, StringComparison.Ordinal);
        // A cursor of theirs leads into one's own list, and a position of theirs into one's own feed.
        var cursor = (await theirs.Workspace.Get("/keys?limit=1")).Next;
        Assert.DoesNotContain(theirs.Mark, (await mine.Workspace.Get("/keys?limit=1&cursor=" + cursor)).Text, StringComparison.Ordinal);
        var position = (await theirs.Workspace.Get("/feed?limit=1")).Json["position"]!.GetValue<string>();
        Assert.DoesNotContain(theirs.Mark, (await mine.Workspace.Get("/feed?after=" + position)).Text, StringComparison.Ordinal);
        // Nor can what is theirs be tied to what is mine.
        (await mine.Workspace.Post("/rules", $$"""{"name":"r","connections":["{{theirs["connections"]}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Credentials_one_workspaces_open_nothing_in_another()
    {
        var (mine, theirs) = (await mesh.Workspace(), await mesh.Workspace());
        (await theirs.Post("/secrets", """{"name":"api-token","value":"their-secret-value"}""")).Is(HttpStatusCode.Created);
        var key = (await theirs.Post("/keys", """{"name":"app"}""")).Is(HttpStatusCode.Created);
        (await mine.Get("/secrets/api-token")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Delete("/secrets/api-token")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Delete("/keys/" + key["id"])).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Patch("/keys/" + key["id"], """{"roles":["auditor"]}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.On(mesh.Process).Caller.Get(theirs.Path + "/keys")).IsProblem(HttpStatusCode.NotFound, "not_found");
        // It holds where it was issued, and only there.
        var holder = new Caller(mesh.Process.Client(key["key"]));
        (await holder.Get(theirs.Path + "/rules")).Is(HttpStatusCode.OK);
        (await holder.Get(mine.Path + "/rules")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal([theirs.Id], (await holder.Get("/v1/workspaces")).Items.Select(w => w["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Cache_the_same_names_mean_each_workspaces_own_however_often_they_are_asked_in_turns()
    {
        var both = new[] { await mesh.Workspace(), await mesh.Workspace() };
        var shapes = new[] { "string", "integer" };
        for (var i = 0; i < 2; i++)
        {
            (await both[i].Post("/event-types", $$"""{"name":"order.made","description":"of {{i}}","schema":{"type":"{{shapes[i]}}"} }""")).Is(HttpStatusCode.Created);
            (await both[i].Post("/secrets", $$"""{"name":"shared","description":"of {{i}}","value":"value-of-{{i}}"}""")).Is(HttpStatusCode.Created);
        }
        for (var round = 0; round < 20; round++)
            for (var i = 0; i < 2; i++)
            {
                var data = new[] { $"\"text {round}\"", $"{round}" };
                // The same source and id, and with them the same event id.
                (await both[i].Publish(Workspace.Event($"{round}", "order.made", $",\"data\":{data[i]}"))).Is(HttpStatusCode.Accepted);
                (await both[i].Publish(Workspace.Event($"x{round}", "order.made", $",\"data\":{data[1 - i]}"))).IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch");
                Assert.Equal($"of {i}", (await both[i].Get("/event-types/order.made"))["description"]);
                Assert.Equal($"of {i}", (await both[i].Get("/secrets/shared"))["description"]);
                Assert.Equal(both[i].Id, (await both[i].Get(""))["id"]);
                Assert.Equal(round + 1, (await both[i].Get("/events?limit=200")).Items.Count);
            }
    }

    [Fact]
    public async Task Rate_limit_what_one_workspace_uses_up_is_not_taken_from_another()
    {
        var exhausted = await mesh.Limited("""{"api_calls_per_minute":3,"events_per_month":1}""");
        var other = await mesh.Limited("""{"api_calls_per_minute":100,"events_per_month":50}""");
        (await exhausted.Publish(Workspace.Event("0"))).Is(HttpStatusCode.Accepted);
        for (var i = 1; i <= 30; i++)
        {
            (await exhausted.Publish(Workspace.Event($"{i}"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
            if (i > 4) (await exhausted.Get("/rules")).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
            else await exhausted.Get("/rules");
            // Asking for another's uses up nothing of theirs.
            (await exhausted.Caller.Get(other.Path + "/rules")).IsProblem(HttpStatusCode.NotFound, "not_found");
            (await other.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        }
        var left = (await other.Get("/rules")).Is(HttpStatusCode.OK).Headers.GetValues("RateLimit-Remaining").Single();
        Assert.Equal("99", left);
    }

    [Fact]
    public async Task Audit_who_asks_for_anothers_is_in_their_own_history_and_the_other_reads_nothing_of_it()
    {
        var (mine, theirs) = (await mesh.Workspace(), await mesh.Workspace());
        var before = (await theirs.Get("/feed")).Text;
        (await mine.Caller.Get(theirs.Path + "/events")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mesh.Admin.Get(theirs.Path + "/events")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        await Eventually.True(async () => (await mine.Get("/feed")).Text.Contains("access_refused", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "the refusal to be written");
        var noted = (await mine.Get("/feed")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).Single(e => e["type"]!.GetValue<string>() == "access_refused")["data"]!;
        Assert.Equal(("other_workspace", theirs.Id, "read_events", 1), (noted["reason"]!.GetValue<string>(), noted["asked"]!.GetValue<string>(), noted["permission"]!.GetValue<string>(), noted["count"]!.GetValue<int>()));
        // Both were written in the same round: the admin's is in the platform's own history.
        Assert.Equal(before, (await theirs.Get("/feed")).Text);
        (await mine.Caller.Get("/v1/workspaces/$platform/feed")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mesh.Admin.Get("/v1/workspaces/$platform/feed")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }
}
