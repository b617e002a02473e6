using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance.Past;

public sealed class When_the_past_is_asked_for(RunningMesh mesh)
{
    private const string At = "EventMesh-At";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_answer_is_the_one_that_was_given_then(int seed)
    {
        var workspace = await Workspace.New(mesh.Process, "enterprise");
        var changes = new ConfiguredAtRandom(workspace, seed);
        var remembered = new List<(string Path, string Position, DateTimeOffset Time, Answer Answer)>();
        for (var n = 0; n < 30; n++)
        {
            string[] paths = [await changes.Change(), .. ConfiguredAtRandom.Lists];
            var position = (await workspace.Get("/configuration")).Is(HttpStatusCode.OK).Headers.GetValues(At).Single();
            var time = (await workspace.Get("/feed?limit=100000")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)
                .Where(e => e["position"]!.GetValue<string>() == position).Select(e => e["at"]!.GetValue<DateTimeOffset>()).Single();
            foreach (var path in paths) remembered.Add((path, position, time, await workspace.Get(path)));
        }
        // Something that must not show in what was before.
        await changes.Change();

        foreach (var (path, position, time, then) in remembered)
            foreach (var at in new[] { position, Written(time) })
            {
                var now = await workspace.Get($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}at={at}");
                Assert.True(then.Status == now.Status && JsonNode.DeepEquals(Kept(then), Kept(now)), $"{path} at {at}:\n{then.Text}\n{now.Text}");
                Assert.Equal(then.Headers.ETag, now.Headers.ETag);
            }
    }

    /// <summary>Without what is known of today alone, and without the number of a problem's request.</summary>
    private static JsonNode Kept(Answer answer)
    {
        var json = answer.Json;
        if (json is JsonObject members) members.Remove("received");
        return json;
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_moment_that_is_none_is_refused_and_one_before_the_workspace_says_so()
    {
        var workspace = await mesh.Workspace();
        foreach (var list in ConfiguredAtRandom.Lists.Append("/configuration"))
        {
            var path = list + (list.Contains('?', StringComparison.Ordinal) ? '&' : '?');
            (await workspace.Get(path + "at=yesterday")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("at", "neither a time");
            (await workspace.Get(path + "at=2999-01-01T00:00:00Z")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("at", "is in the future");
            (await workspace.Get(path + "at=ffffffffffff-000000000001")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("at", "is in the future");
            Assert.Contains("was not there yet", (await workspace.Get(path + "at=2020-01-01T00:00:00%2B01:00")).IsProblem(HttpStatusCode.NotFound, "not_found")["detail"], StringComparison.Ordinal);
            Assert.Contains("was not there yet", (await workspace.Get(path + "at=000000000001-000000000000")).IsProblem(HttpStatusCode.NotFound, "not_found")["detail"], StringComparison.Ordinal);
        }
        // What has no past does not answer with the present.
        foreach (var present in new[] { "/deliveries", "/events", "/issuer", "/usage" })
            (await workspace.Get(present + "?at=2020-01-01T00:00:00Z")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("at", "is nothing that this answers to");
        (await workspace.Get("/configuration/diff")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("from", "is required");
        var now = (await workspace.Get("/configuration")).Headers.GetValues(At).Single();
        await workspace.Connection();
        var later = (await workspace.Get("/configuration")).Headers.GetValues(At).Single();
        (await workspace.Get($"/configuration/diff?from={later}&to={now}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("from", "is after");
    }

    [Fact]
    public async Task The_whole_is_the_same_bytes_while_nothing_is_configured_and_holds_no_secret()
    {
        const string Canary = "past-canary-9e21";
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection("http://127.0.0.1:9/hook", $$""","headers":{"authorization":"{{Canary}}"}""");
        await workspace.Post("/secrets", $$"""{"name":"kept","value":"{{Canary}}"}""");
        await workspace.Post("/members", $$"""{"subject":"{{Canary}}","roles":["auditor"]}""");
        var before = (await workspace.Get("/configuration")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        var after = (await workspace.Get("/configuration")).Is(HttpStatusCode.OK);

        Assert.Equal(before.Text, after.Text);
        Assert.Equal(before.Text, (await workspace.Get("/configuration?at=" + after.Headers.GetValues(At).Single())).Is(HttpStatusCode.OK).Text);
        Assert.DoesNotContain(Canary, before.Text, StringComparison.Ordinal);
        Assert.Equal(before.Json.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal), before.Json.AsObject().Select(m => m.Key));
        Assert.Equal(("hook", workspace.Id), (before.Json["connections"]![connection]!["name"]!.GetValue<string>(), before.Json["workspace"]!["id"]!.GetValue<string>()));
        Assert.Single(before.Json["secrets"]!["kept"]!["versions"]!.AsArray());
        Assert.Single(before.Json["members"]!.AsObject());
    }

    [Fact]
    public async Task The_difference_of_two_moments_names_what_changed_and_by_which_events()
    {
        var workspace = await mesh.Workspace();
        var (kept, gone) = (await workspace.Connection(), await workspace.Connection());
        var rule = await workspace.Rule("""{"type":["a"]}""", kept);
        var from = (await workspace.Get("/configuration")).Headers.GetValues(At).Single();
        (await workspace.Patch("/connections/" + kept, """{"name":"other"}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/rules/" + rule, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/rules/" + rule, """{"filter":{"type":["b"]}}""")).Is(HttpStatusCode.OK);
        (await workspace.Delete("/connections/" + gone)).Is(HttpStatusCode.NoContent);
        var made = await workspace.Connection();
        (await workspace.Post($"/connections/{kept}/secret/rotate", "{}")).Is(HttpStatusCode.OK);

        var diff = (await workspace.Get("/configuration/diff?from=" + from)).Is(HttpStatusCode.OK).Json;

        Assert.Equal(from, diff["from"]!.GetValue<string>());
        var changes = diff["changes"]!.AsArray().ToDictionary(c => c!["path"]!.GetValue<string>(), c => c!);
        string[] expected = [$"connections.{gone}", $"connections.{kept}.name", $"connections.{made}", $"rules.{rule}.filter.type", $"rules.{rule}.status",
            $"signing_secrets.{gone}", $"signing_secrets.{kept}.secrets", $"signing_secrets.{made}"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), changes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("hook", "other"), (changes[$"connections.{kept}.name"]["before"]!.GetValue<string>(), changes[$"connections.{kept}.name"]["after"]!.GetValue<string>()));
        Is(changes[$"connections.{kept}.name"], "changed", "connection_changed");
        Is(changes[$"connections.{gone}"], "removed", "connection_deleted");
        Is(changes[$"connections.{made}"], "added", "connection_created");
        Is(changes[$"rules.{rule}.filter.type"], "changed", "rule_changed");
        Is(changes[$"rules.{rule}.status"], "changed", "rule_disabled");
        Is(changes[$"signing_secrets.{kept}.secrets"], "changed", "connection_secret_rotated");
        Assert.Null(changes[$"connections.{made}"]["before"]);
        Assert.Null(changes[$"connections.{gone}"]["after"]);
        var position = changes[$"connections.{kept}.name"]["events"]![0]!["position"]!.GetValue<string>();
        Assert.Equal("other", (await workspace.Get($"/connections/{kept}?at={position}"))["name"]);

        static void Is(JsonNode change, string kind, params string[] events)
        {
            Assert.Equal(kind, change["kind"]!.GetValue<string>());
            Assert.Equal(events, change["events"]!.AsArray().Select(e => e!["type"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task Who_may_not_read_it_now_may_not_read_it_then_and_the_whole_is_for_those_who_read_the_history()
    {
        var workspace = await mesh.Workspace();
        var at = (await workspace.Get("/configuration")).Headers.GetValues(At).Single();
        var developer = await workspace.WithKey("developer");
        (await developer.Get("/connections?at=" + at)).Is(HttpStatusCode.OK);
        (await developer.Get("/keys?at=" + at)).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await developer.Get("/configuration?at=" + at)).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await developer.Get("/configuration/diff?from=" + at)).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await (await workspace.WithKey("auditor")).Get("/configuration?at=" + at)).Is(HttpStatusCode.OK);
        var page = (await mesh.Admin.Get($"/v1/workspaces?limit=200&at={at}")).Is(HttpStatusCode.OK);
        while (!page.Text.Contains(workspace.Id, StringComparison.Ordinal))
            page = (await mesh.Admin.Get($"/v1/workspaces?limit=200&at={at}&cursor={Uri.EscapeDataString(page.Json["next"]!.GetValue<string>())}")).Is(HttpStatusCode.OK);
    }
}
