using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

/// <summary>What each command asks of the server.</summary>
public class RequestTests
{
    [Fact]
    public Task A_workspace_has_what_was_given_and_no_more() => Asks(
        ["workspaces", "create", "acme", "--name", "Acme Inc", "--environment", "sandbox", "--no-key"],
        "POST", "/v1/workspaces", """{"id":"acme","name":"Acme Inc","environment":"sandbox"}""");

    [Fact]
    public Task A_plan_is_set() => Asks(["workspaces", "set-plan", "acme", "professional"], "PATCH", "/v1/workspaces/acme", """{"plan":"professional"}""");

    [Fact]
    public Task Single_limits_are_set_and_taken_away() => Asks(
        ["workspaces", "change", "acme", "--plan", "starter", "--limit", "events_per_month=2000000", "--limit", "overage=soft", "--limit", "rules=plan"],
        "PATCH", "/v1/workspaces/acme", """{"plan":"starter","limits":{"events_per_month":2000000,"overage":"soft","rules":null}}""");

    [Fact]
    public Task Usage_is_of_a_workspace_and_a_month() => Asks(["usage", "-w", "acme", "--period", "2026-11"], "GET", "/v1/workspaces/acme/usage?period=2026-11", null);

    [Fact]
    public Task Usage_of_all_needs_no_workspace() => Asks(["usage", "--all", "--order", "quietest"], "GET", "/v1/usage?order=quietest&limit=100", null);

    [Theory]
    [InlineData("workspaces change acme", "nothing to change")]
    [InlineData("workspaces change acme --limit rules", "is not NAME=VALUE")]
    [InlineData("workspaces change acme --limit =1", "is not NAME=VALUE")]
    public async Task A_change_that_says_nothing_is_not_sent(string typed, string words)
    {
        var prompt = new Prompt("http://unused");
        Assert.Equal(2, await prompt.Type(typed.Split(' ')));
        Assert.Contains(words, prompt.Error);
    }

    [Fact]
    public Task Origins_are_set_together() => Asks(
        ["workspaces", "set-origins", "acme", "https://a.example", "http://localhost:5173"],
        "PUT", "/v1/workspaces/acme/origins", """{"allowed_origins":["https://a.example","http://localhost:5173"]}""");

    [Fact]
    public Task No_origin_takes_all_away() => Asks(["workspaces", "set-origins", "acme"], "PUT", "/v1/workspaces/acme/origins", """{"allowed_origins":[]}""");

    [Fact]
    public Task An_elevation_has_roles_a_reason_and_a_duration() => Asks(
        ["elevation", "request", "-w", "acme", "--role", "auditor", "--role", "developer", "--reason", "Ticket 4711", "--for", "30m"],
        "POST", "/v1/workspaces/acme/elevations", """{"roles":["auditor","developer"],"reason":"Ticket 4711","duration_seconds":1800}""");

    [Theory]
    [InlineData("approve"), InlineData("refuse"), InlineData("end")]
    public Task An_elevation_is_decided_by_its_id(string verb) => Asks(["elevation", verb, "elv_1", "-w", "acme"], "POST", $"/v1/workspaces/acme/elevations/elv_1/{verb}", null);

    [Fact]
    public Task A_member_is_added_by_who_they_are_at_a_provider() => Asks(
        ["members", "add", "auth0|1", "--role", "auditor", "--provider", "idp_1", "-w", "acme"], "POST", "/v1/workspaces/acme/members", """{"subject":"auth0|1","roles":["auditor"],"provider":"idp_1"}""");

    [Fact]
    public Task A_member_s_roles_are_set() => Asks(["members", "set-roles", "usr_1", "operator", "-w", "acme"], "PUT", "/v1/workspaces/acme/members/usr_1", """{"roles":["operator"]}""");

    [Fact]
    public Task A_member_is_removed() => Asks(["members", "remove", "usr_1", "-w", "acme"], "DELETE", "/v1/workspaces/acme/members/usr_1", null);

    [Fact]
    public Task A_key_has_a_name() => Asks(["keys", "create", "ci", "-w", "acme"], "POST", "/v1/workspaces/acme/keys", """{"name":"ci"}""");

    [Fact]
    public Task A_connection_has_its_config() => Asks(
        ["connections", "create", "crm", "-w", "acme", "--url", "https://crm.example/in", "-H", "X-Team: a:b", "-H", "X-Env: test", "--body", "data", "--retry-schedule", "5,5m,2h"],
        "POST", "/v1/workspaces/acme/connections",
        """{"name":"crm","kind":"webhook","config":{"url":"https://crm.example/in","headers":{"X-Team":"a:b","X-Env":"test"},"body":"data","retry_schedule":[5,300,7200]}}""");

    [Fact]
    public Task An_operational_connection_says_so() => Asks(
        ["connections", "create", "ops", "-w", "acme", "--url", "https://ops.example/in", "--operational"],
        "POST", "/v1/workspaces/acme/connections", """{"name":"ops","kind":"webhook","config":{"url":"https://ops.example/in"},"operational":true}""");

    [Fact]
    public Task Closing_a_circuit_asks_for_it() => Asks(
        ["connections", "close-circuit", "con_1", "-w", "acme"], "POST", "/v1/workspaces/acme/connections/con_1/circuit/close", "{}");

    [Theory]
    [InlineData("--kind bearer --secret -", """{"kind":"bearer","token":"s3cret"}""")]
    [InlineData("--kind basic --username crm --secret -", """{"kind":"basic","username":"crm","password":"s3cret"}""")]
    [InlineData("--kind api_key --header X-Key --prefix k --secret -", """{"kind":"api_key","header":"X-Key","prefix":"k","value":"s3cret"}""")]
    [InlineData("--kind oauth2_client_credentials --token-url https://id.example/ --client-id c --scope a --scope b --parameter tenant=7=8 --client-authentication post --secret -",
        """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"c","client_authentication":"post","scopes":["a","b"],"parameters":{"tenant":"7=8"},"client_secret":"s3cret"}""")]
    [InlineData("--kind none", """{"kind":"none"}""")]
    public async Task A_credential_is_set_with_a_secret_from_standard_input(string given, string body)
    {
        await using var server = await StandIn.Start(200, """{"kind":"bearer","status":"active"}""");
        var prompt = new Prompt(server.Url) { Input = "s3cret\n" };
        Assert.Equal(0, await prompt.Type(["connections", "credential", "set", "con_1", "-w", "acme", .. given.Split(' ')]));
        Assert.Equal(("PUT", "/v1/workspaces/acme/connections/con_1/credential", body), (server.Requests[^1].Method, server.Requests[^1].Path, server.Requests[^1].Body));
        Assert.DoesNotContain("s3cret", prompt.Out + prompt.Error);
    }

    [Theory]
    [InlineData("--kind bearer", "does not stand on the command line")]
    [InlineData("--kind bearer --secret s3cret", "does not stand on the command line")]
    [InlineData("--kind none --secret -", "is not for none")]
    [InlineData("--kind oauth2_client_credentials --secret - --parameter tenant", "is not a parameter")]
    public async Task A_secret_on_the_command_line_is_refused(string given, string words)
    {
        var prompt = new Prompt("http://unused") { Input = "s3cret" };
        Assert.Equal(2, await prompt.Type(["connections", "credential", "set", "con_1", "-w", "acme", .. given.Split(' ')]));
        Assert.Contains(words, prompt.Error);
    }

    [Fact]
    public Task A_credential_is_revoked() => Asks(
        ["connections", "credential", "revoke", "con_1", "-w", "acme"], "DELETE", "/v1/workspaces/acme/connections/con_1/credential", null);

    [Fact]
    public Task A_connection_is_disabled_by_its_status() => Asks(
        ["connections", "disable", "con_1", "-w", "acme"], "PATCH", "/v1/workspaces/acme/connections/con_1", """{"status":"disabled"}""");

    [Fact]
    public Task A_connection_is_enabled_by_its_status() => Asks(
        ["connections", "enable", "con_1", "-w", "acme"], "PATCH", "/v1/workspaces/acme/connections/con_1", """{"status":"enabled"}""");

    [Fact]
    public Task A_connection_may_sign_in_other_ways() => Asks(
        ["connections", "create", "crm", "-w", "acme", "--url", "https://crm.example/in", "--scheme", "hmac", "--legacy-signature", "X-Hub-Signature-256"],
        "POST", "/v1/workspaces/acme/connections",
        """{"name":"crm","kind":"webhook","scheme":"hmac","config":{"url":"https://crm.example/in","legacy_signature":{"header":"X-Hub-Signature-256"}}}""");

    [Fact]
    public Task A_secret_is_rotated_with_an_overlap() => Asks(
        ["connections", "rotate-secret", "con_1", "-w", "acme", "--overlap", "7d", "--scheme", "hmac", "--own-secret", " whsec_abc\n"],
        "POST", "/v1/workspaces/acme/connections/con_1/secret/rotate", """{"overlap_seconds":604800,"scheme":"hmac","secret":"whsec_abc"}""");

    [Fact]
    public Task A_rotation_says_only_what_was_asked() => Asks(
        ["connections", "rotate-secret", "con_1", "-w", "acme"], "POST", "/v1/workspaces/acme/connections/con_1/secret/rotate", "{}");

    [Fact]
    public Task Secrets_are_listed() => Asks(["connections", "secrets", "con_1", "-w", "acme"], "GET", "/v1/workspaces/acme/connections/con_1/secrets", null);

    [Fact]
    public Task A_source_has_its_verification_and_what_its_events_are_made_of() => Asks(
        ["sources", "create", "shop", "-w", "acme", "--kind", "hmac", "--header", "X-Sig", "--encoding", "base64", "--timestamp-header", "X-Time", "--tolerance", "60",
         "--type", "header:X-Topic", "--type-prefix", "shop.", "--subject", "$.order.id", "--source", "https://shop.example", "--secret", "0123456789abcdef"],
        "POST", "/v1/workspaces/acme/sources",
        """{"name":"shop","verification":{"kind":"hmac","header":"X-Sig","encoding":"base64","timestamp_header":"X-Time","tolerance_seconds":60},"event":{"source":"https://shop.example","type":{"header":"X-Topic","prefix":"shop."},"subject":{"path":"$.order.id"}},"secret":"0123456789abcdef"}""");

    [Fact]
    public Task A_secret_is_rotated_with_its_overlap() => Asks(
        ["sources", "rotate-secret", "src_1", "-w", "acme", "--overlap", "2h"], "POST", "/v1/workspaces/acme/sources/src_1/rotate-secret", """{"overlap_seconds":7200}""");

    [Fact]
    public Task A_data_key_is_rotated() => Asks(["encryption", "rotate", "-w", "acme"], "POST", "/v1/workspaces/acme/encryption/rotate", null);

    [Fact]
    public Task Data_keys_are_wrapped_anew() => Asks(["encryption", "rewrap"], "POST", "/v1/encryption/rewrap", null);

    [Fact]
    public Task Encryption_is_shown_of_the_platform_or_of_a_workspace() => Asks(["encryption", "status", "-w", "acme"], "GET", "/v1/workspaces/acme/encryption", null);

    [Fact]
    public Task A_token_is_rotated() => Asks(["sources", "rotate-token", "src_1", "-w", "acme"], "POST", "/v1/workspaces/acme/sources/src_1/rotate-token", null);

    [Fact]
    public Task A_source_is_disabled_by_its_status() => Asks(["sources", "disable", "src_1", "-w", "acme"], "PATCH", "/v1/workspaces/acme/sources/src_1", """{"status":"disabled"}""");

    [Fact]
    public Task A_key_has_the_roles_that_were_given() =>
        Asks(["keys", "create", "ci", "--role", "publisher", "auditor", "-w", "acme"], "POST", "/v1/workspaces/acme/keys", """{"name":"ci","roles":["publisher","auditor"]}""");

    [Fact]
    public Task A_key_gets_other_roles() => Asks(["keys", "set-roles", "key_1", "publisher", "-w", "acme"], "PATCH", "/v1/workspaces/acme/keys/key_1", """{"roles":["publisher"]}""");

    [Fact]
    public Task An_admin_is_added() => Asks(["admins", "add", "Ada"], "POST", "/v1/admins", """{"name":"Ada"}""");

    [Fact]
    public Task An_admin_is_removed() => Asks(["admins", "remove", "adm_1"], "DELETE", "/v1/admins/adm_1", null);

    [Fact]
    public Task A_key_is_revoked() => Asks(["keys", "revoke", "key_1", "-w", "acme"], "DELETE", "/v1/workspaces/acme/keys/key_1", null);

    [Fact]
    public async Task The_address_of_a_source_is_shown_whole()
    {
        await using var server = await StandIn.Start(201, """{"id":"src_1","status":"enabled","receive_at":"/in/emi_x","secret":"s"}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("sources", "create", "github", "-w", "acme", "--kind", "github"));
        Assert.Contains($"  address  {server.Url.TrimEnd('/')}/in/emi_x\n", prompt.Out);
    }

    [Fact]
    public Task A_rule_is_deleted() => Asks(["rules", "delete", "rul_1", "-w", "acme"], "DELETE", "/v1/workspaces/acme/rules/rul_1", null);

    [Fact]
    public Task A_rule_joins_types_and_filter() => Asks(
        ["rules", "create", "big", "-w", "acme", "--type", "order.*", "--type", "cart.*", "--source", "shop", "--filter", """{"data":{"total":{"$gte":100}}}""", "--to", "con_1", "--to", "con_2"],
        "POST", "/v1/workspaces/acme/rules",
        """{"name":"big","filter":{"source":["shop"],"type":["order.*","cart.*"],"data":{"total":{"$gte":100}}},"connections":["con_1","con_2"]}""");

    [Fact]
    public Task A_rule_shapes_what_it_sends() => Asks(
        ["rules", "create", "crm", "-w", "acme", "--mapping", """{"email":"$.data.email"}""", "--to", "con_1"],
        "POST", "/v1/workspaces/acme/rules", """{"name":"crm","filter":{},"connections":["con_1"],"mapping":{"email":"$.data.email"}}""");

    [Fact]
    public Task A_mapping_is_tested_on_a_sample() => Asks(
        ["rules", "test", "-w", "acme", "--mapping", "\"$.data\"", "--event", """{"data":1}"""],
        "POST", "/v1/workspaces/acme/rules/test", """{"filter":{},"event":{"data":1},"mapping":"$.data"}""");

    [Fact]
    public async Task What_a_mapping_makes_is_shown()
    {
        await using var server = await StandIn.Start(200, """{"matches":false,"mapped":{"n":1.50}}""");
        var prompt = new Prompt(server.Url);
        await prompt.Type("rules", "test", "-w", "acme", "--mapping", "{}", "--event", "{}");
        Assert.Equal("It does not match.\n{\"n\":1.50}\n", prompt.Out);
    }

    [Fact]
    public Task A_rule_is_shown() => Asks(["rules", "get", "rul_1", "-w", "acme"], "GET", "/v1/workspaces/acme/rules/rul_1", null);

    [Fact]
    public Task A_rule_is_disabled_by_its_status() => Asks(["rules", "disable", "rul_1", "-w", "acme"], "PATCH", "/v1/workspaces/acme/rules/rul_1", """{"status":"disabled"}""");

    [Fact]
    public Task A_rule_is_enabled_by_its_status() => Asks(["rules", "enable", "rul_1", "-w", "acme"], "PATCH", "/v1/workspaces/acme/rules/rul_1", """{"status":"enabled"}""");

    [Fact]
    public Task A_filter_is_tested_on_a_sample() => Asks(
        ["rules", "test", "-w", "acme", "--type", "order.*", "--event", """{"type":"order.created"}"""],
        "POST", "/v1/workspaces/acme/rules/test", """{"filter":{"type":["order.*"]},"event":{"type":"order.created"}}""");

    [Fact]
    public Task An_event_type_is_described() => Asks(
        ["types", "create", "order.paid", "-w", "acme", "--description", "Paid.", "--example", """{"total":1}""", "--schema", """{"type":"object"}"""],
        "POST", "/v1/workspaces/acme/event-types", """{"name":"order.paid","description":"Paid.","example":{"total":1},"schema":{"type":"object"}}""");

    [Fact]
    public Task A_schema_is_added() => Asks(
        ["types", "add-schema", "order.paid", "-w", "acme", "--schema", "true"], "POST", "/v1/workspaces/acme/event-types/order.paid/schemas", """{"schema":true}""");

    [Fact]
    public Task An_event_type_is_archived() => Asks(
        ["types", "archive", "order.paid", "-w", "acme"], "PATCH", "/v1/workspaces/acme/event-types/order.paid", """{"archived":true}""");

    [Fact]
    public Task An_event_type_is_brought_back() => Asks(
        ["types", "archive", "order.paid", "-w", "acme", "--undo"], "PATCH", "/v1/workspaces/acme/event-types/order.paid", """{"archived":false}""");

    [Fact]
    public Task A_sample_is_sent_to_one_connection() => Asks(
        ["types", "send", "order.paid", "-w", "acme", "--to", "con_1", "--data", "[1]"], "POST", "/v1/workspaces/acme/event-types/order.paid/send", """{"connection":"con_1","data":[1]}""");

    [Fact]
    public async Task Data_that_does_not_fit_ends_with_1()
    {
        await using var server = await StandIn.Start(200, """{"valid":false,"version":2,"faults":[{"path":"/total","reason":"must be a number","keyword":"type"}]}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(1, await prompt.Type("types", "validate", "order.paid", "-w", "acme", "--data", """{"total":"x"}""", "--version", "2"));
        Assert.Equal("/total must be a number\n", prompt.Out);
        Assert.Contains("does not fit version 2 of order.paid", prompt.Error);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"data":{"total":"x"},"version":2}"""), Assert.Single(server.Requests).Json));
    }

    [Fact]
    public Task A_delivery_is_retried() => Asks(["deliveries", "retry", "dlv_1", "-w", "acme"], "POST", "/v1/workspaces/acme/deliveries/dlv_1/retry", null);

    [Fact]
    public Task A_name_cannot_become_a_path() => Asks(
        ["events", "get", "x/../../keys?a", "-w", "a/b"], "GET", "/v1/workspaces/a%2Fb/events/x%2F..%2F..%2Fkeys%3Fa", null);

    [Fact]
    public async Task The_workspace_may_come_from_the_environment()
    {
        await using var server = await StandIn.Start(200, """{"items":[],"next":null}""");
        await new Prompt(server.Url) { Variables = { ["EVENTMESH_WORKSPACE"] = "acme" } }.Type("rules", "list");
        Assert.StartsWith("/v1/workspaces/acme/rules", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task A_secret_is_shown_with_the_way_to_use_it()
    {
        await using var server = await StandIn.Start(201, """{"id":"con_1","status":"enabled","secret":"whsec_abc"}""");
        var prompt = new Prompt(server.Url);
        await prompt.Type("connections", "create", "orders", "-w", "acme", "--url", "http://127.0.0.1:9010/hooks");
        Assert.Equal("Created connection orders.\n  id      con_1\n  status  enabled\n  secret  whsec_abc\n", prompt.Out);
        Assert.Contains("→ Receive here: eventmesh listen --secret whsec_abc --port 9010", prompt.Error);
    }

    private static async Task Asks(string[] args, string method, string path, string? body)
    {
        await using var server = await StandIn.Start(200, """{"id":"x","matches":true}""");
        Assert.Equal(0, await new Prompt(server.Url).Type(args));
        var request = Assert.Single(server.Requests);
        // The raw target is not kept by Kestrel's parsed path: escaped separators survive in it as they were sent.
        Assert.Equal((method, path), (request.Method, request.Path));
        if (body is null)
            Assert.Empty(request.Body);
        else
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), request.Json), request.Body);
    }
}
