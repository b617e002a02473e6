using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_an_auditor_reads_what_happened(RunningMesh mesh)
{
    [Fact]
    public async Task Everything_is_there_with_who_and_what_and_why_in_a_sentence_and_as_data()
    {
        await using var receiver = await Receiver.Start();
        var target = receiver.Url("/hook").AbsoluteUri;
        var workspace = await mesh.Workspace();
        // Uses of secrets are told once a minute, and who waits for them asks often.
        (await workspace.AsAdmin.Patch("", """{"limits":{"api_calls_per_minute":1000000}}""")).Is(HttpStatusCode.OK);
        var auditor = await workspace.WithKey("auditor");
        var connection = await workspace.Connection(target);
        (await workspace.Patch("/connections/" + connection, """{"name":"shop","config":{"url":"http://127.0.0.1:9/other"}}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/connections/" + connection, $$$"""{"name":"shop","config":{"url":"{{{target}}}"}}""")).Is(HttpStatusCode.OK);
        var rule = await workspace.Rule("""{"type":"order.created"}""", connection);
        var published = (await workspace.Publish(Workspace.Event("1"), ("X-Correlation-Id", "order-1"))).Is(HttpStatusCode.Accepted);
        (await auditor.Publish(Workspace.Event("2"))).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var elevation = (await workspace.AsAdmin.Post("/elevations", """{"roles":["operator"],"reason":"Look into ticket 4711","duration_seconds":3600}""")).Is(HttpStatusCode.Created)["id"];
        (await workspace.Post($"/elevations/{elevation}/approve", "{}")).Is(HttpStatusCode.OK);
        (await workspace.AsAdmin.Patch("/rules/" + rule, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);

        var delivered = await One(auditor, "action=delivery_succeeded&resource=" + connection);
        Assert.Equal(("platform", published["id"]), (Text(delivered["actor"]!["kind"]), Text(delivered["correlation_id"])));
        Assert.Contains($"delivered the event {published["id"]} to the connection {connection}", Text(delivered["sentence"]), StringComparison.Ordinal);

        var accepted = await One(auditor, "correlation=order-1&action=event_published");
        Assert.Equal(("key", "first", "event", published["id"], "succeeded", "127.0.0.0/24"), (Text(accepted["actor"]!["kind"]), Text(accepted["actor"]!["name"]), Text(accepted["resource"]!["kind"]),
            Text(accepted["resource"]!["id"]), Text(accepted["outcome"]), Text(accepted["from"])));
        Assert.Equal(1, accepted["version"]!.GetValue<long>());

        var changed = (await auditor.Get($"/audit?action=connection_changed&resource={connection}")).Is(HttpStatusCode.OK).Items;
        Assert.Equal(["config.url: http://127.0.0.1:9/other → " + target, $"name: hook → shop; config.url: {target} → http://127.0.0.1:9/other"], changed.Select(Changes).Select(Sorted));
        Assert.Equal(("connection", "shop"), (Text(changed[0]["resource"]!["kind"]), Text(changed[0]["resource"]!["name"])));

        var under = await One(auditor, $"action=rule_disabled&elevation={elevation}");
        Assert.Equal(("rule_disabled", "admin", "admin"), (Text(under["action"]), Text(under["actor"]!["id"]), Text(under["actor"]!["kind"])));
        Assert.Equal("status: enabled → disabled", Changes(under));
        var uses = (await auditor.Get($"/audit?action=elevation_used&resource={elevation}")).Is(HttpStatusCode.OK).Items;
        Assert.Contains($"used the elevation {elevation} for write_rules.", string.Join(' ', uses.Select(u => Text(u["sentence"]))), StringComparison.Ordinal);

        var refused = await One(auditor, "outcome=refused");
        Assert.Equal(("access_refused", "key", "publish_events", "127.0.0.0/24"), (Text(refused["action"]), Text(refused["actor"]!["kind"]), Text(refused["data"]!["permission"]), Text(refused["from"])));
        await One(auditor, $"action=secret_used&resource=connections/{connection}/signing");
        await One(auditor, "action=workspace_*");
        // Whoever reads is read of, once.
        var read = (await auditor.Get("/audit?action=history_read")).Items;
        Assert.InRange(read.Count, 1, 2); // An hour may have ended meanwhile.
        Assert.Distinct(read.Select(r => Text(r["stream"])));
        Assert.All(read, r => Assert.Equal(("audit", Text(refused["actor"]!["id"])), (Text(r["data"]!["kind"]), Text(r["actor"]!["id"]))));
        Assert.DoesNotContain("sha256\":", (await auditor.Get("/audit?action=api_key_*")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auditors_alone_read_it_and_whoever_else_asks_is_read_of()
    {
        var workspace = await mesh.Workspace();
        var (auditor, operators) = (await workspace.WithKey("auditor"), await workspace.WithKey("operator", "developer", "publisher"));
        (await operators.Get("/audit")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.AsAdmin.Get("/audit")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await (await mesh.Workspace()).Caller.Get(workspace.Path + "/audit")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal("read_audit", Text((await One(auditor, "action=access_refused"))["data"]!["permission"]));

        (await workspace.Caller.Get("/v1/audit")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var added = (await mesh.Admin.Post("/v1/admins", """{"name":"Grace Hopper"}""")).Is(HttpStatusCode.Created)["id"];
        await Eventually.True(async () => (await mesh.Admin.Get("/v1/audit?resource=" + added)).Is(HttpStatusCode.OK).Items.Count > 0, TimeSpan.FromSeconds(30), "the new admin to be in the platform's audit");
        var entry = (await mesh.Admin.Get("/v1/audit?resource=" + added)).Items.Single();
        Assert.Equal(("platform_admin_added", "admin", added), (Text(entry["action"]), Text(entry["actor"]!["kind"]), Text(entry["resource"]!["id"])));
        Assert.Null(entry["resource"]!["name"]);
        Assert.NotEmpty((await mesh.Admin.Get("/v1/audit?action=history_read")).Items);
    }

    [Theory]
    [InlineData("actr=key_1", "actr", "is not a parameter")]
    [InlineData("action=conection_created", "action", "not the name of a stored event")]
    [InlineData("action=x*", "action", "no stored event")]
    [InlineData("outcome=good", "outcome", "must be one of")]
    [InlineData("since=yesterday", "since", "is not a time")]
    [InlineData("until=2026-11-21", "until", "is not a time")]
    [InlineData("since=2026-11-21T12:00:00Z&until=2026-11-21T12:00:00Z", "until", "later than since")]
    [InlineData("elevation=4711", "elevation", "elv_")]
    [InlineData("min_position=7", "min_position", "is not a position")]
    [InlineData("cursor=eA", "cursor", "gave as next")]
    [InlineData("format=xml", "format", "must be one of")]
    [InlineData("format=csv&limit=5", "limit", "is for pages")]
    [InlineData("actor=a&actor=b", "actor", "more than once")]
    [InlineData("actor=%00", "actor", "control characters")]
    public async Task A_filter_that_is_wrong_is_named(string query, string field, string reason) =>
        (await (await mesh.Workspace()).Get("/audit?" + query)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, reason);

    [Fact]
    public async Task The_whole_comes_as_lines_of_JSON_and_as_CSV_that_a_strict_reader_understands()
    {
        var workspace = await mesh.Workspace();
        for (var i = 0; i < 5; i++) (await workspace.Post("/connections", $$$"""{"name":"=1+1, \"quoted\" {{{i}}}","kind":"webhook","config":{"url":"http://127.0.0.1:9/"}}""")).Is(HttpStatusCode.Created);
        await Eventually.True(async () => (await workspace.Get("/audit?action=connection_created")).Items.Count == 5, TimeSpan.FromSeconds(30), "five connections to be in the audit");

        var paged = new List<string>();
        for (var path = "/audit?action=connection_created&limit=2"; ;)
        {
            var page = (await workspace.Get(path)).Is(HttpStatusCode.OK);
            paged.AddRange(page.Items.Select(i => Text(i["position"])));
            if (page.Json["next"] is not { } next) break;
            path = "/audit?action=connection_created&limit=2&cursor=" + next.GetValue<string>();
        }
        Assert.Equal(5, paged.Count);
        Assert.Equal(paged.OrderDescending(StringComparer.Ordinal), paged);

        var lines = (await workspace.Get("/audit?action=connection_created", ("Accept", "application/x-ndjson"))).Is(HttpStatusCode.OK).Text.TrimEnd('\n').Split('\n');
        Assert.Equal(paged, lines.Select(l => Text(JsonNode.Parse(l)!["position"])));

        var records = Csv((await workspace.Get("/audit?action=connection_created&format=csv")).Is(HttpStatusCode.OK).Text);
        Assert.Equal(["at", "actor", "actor_kind", "actor_name", "action", "resource", "resource_kind", "resource_name", "outcome", "from", "correlation_id", "causation_id", "elevation", "position", "stream", "version", "sentence", "data", "changes"], records[0]);
        Assert.Equal(paged, records.Skip(1).Select(r => r[13]));
        Assert.All(records.Skip(1), r => Assert.StartsWith("'=1+1, \"quoted\"", r[7], StringComparison.Ordinal));
        Assert.All(records.Skip(1), r => Assert.NotNull(JsonNode.Parse(r[17])));
    }

    /// <summary>RFC 4180 to the letter: CR LF after every record, quotes doubled inside quotes, nothing after a closing quote but a comma or the end, as many fields in each.</summary>
    private static List<string[]> Csv(string text)
    {
        var (records, fields, field) = (new List<string[]>(), new List<string>(), new System.Text.StringBuilder());
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (text[i] != '"') field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
                    else break;
                }
                i++;
            }
            else
            {
                while (text[i] is not (',' or '\r' or '\n' or '"')) field.Append(text[i++]);
            }
            fields.Add(field.ToString());
            field.Clear();
            if (text[i] == ',')
            {
                i++;
                continue;
            }
            Assert.Equal("\r\n", text.Substring(i, 2));
            i += 2;
            records.Add([.. fields]);
            fields.Clear();
        }
        Assert.Empty(fields);
        Assert.All(records, r => Assert.Equal(records[0].Length, r.Length));
        return records;
    }

    private static async Task<JsonNode> One(Workspace auditor, string query)
    {
        await Eventually.True(async () => (await auditor.Get("/audit?" + query)).Is(HttpStatusCode.OK).Items.Count > 0, TimeSpan.FromSeconds(90), query);
        return (await auditor.Get("/audit?" + query)).Items[^1];
    }

    private static string Text(JsonNode? value) => value!.GetValue<string>();

    private static string Changes(JsonNode entry) => string.Join("; ", entry["changes"]!.AsArray().Select(c => $"{c!["path"]}: {c["before"]} → {c["after"]}"));

    private static string Sorted(string changes) => string.Join("; ", changes.Split("; ").OrderDescending(StringComparer.Ordinal));
}
