using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>A workspace with one of everything in it, all of it marked, and the holders of a key of each role.</summary>
public sealed record Furnished(Workspace Workspace, string Mark, IReadOnlyDictionary<string, string> Ids, IReadOnlyDictionary<char, Caller> Callers)
{
    private static readonly (char Letter, string Role)[] Roles = [('o', "operator"), ('d', "developer"), ('u', "auditor"), ('p', "publisher")];

    public string this[string what] => Ids[what];

    public static async Task<Furnished> New(RunningMesh mesh, string mark)
    {
        var workspace = await Workspace.New(mesh.Process, "enterprise");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var connection = ids["connections"] = ids["streams"] = (await Made("/connections", $$"""{"name":"{{mark}}","kind":"webhook","config":{"url":"http://127.0.0.1:9/{{mark}}","retry_schedule":[3600]} }"""))["id"];
        await workspace.Send(HttpMethod.Put, $"/connections/{connection}/credential", $$"""{"kind":"bearer","token":"{{mark}}"}""");
        ids["rules"] = (await Made("/rules", $$"""{"name":"{{mark}}","connections":["{{connection}}"],"ordering":{"key":"data.key"} }"""))["id"];
        ids["sources"] = (await Made("/sources", $$"""{"name":"{{mark}}","verification":{"kind":"github"} }"""))["id"];
        ids["keys"] = (await Made("/keys", $$"""{"name":"{{mark}}"}"""))["id"];
        await Made("/event-types", $$"""{"name":"{{mark}}.made","description":"{{mark}}"}""");
        ids["event-types"] = mark + ".made";
        await Made("/secrets", $$"""{"name":"{{mark}}","value":"{{mark}}-value"}""");
        (ids["secrets"], ids["versions"]) = (mark, "1");
        var account = ids["service-accounts"] = (await Made("/service-accounts", $$"""{"name":"{{mark}}","roles":["publisher"]}"""))["id"];
        ids["credentials"] = (await Made($"/service-accounts/{account}/credentials", """{"kind":"secret"}"""))["id"];
        ids["kid"] = (await workspace.Get("/issuer")).Json["keys"]?[0]?["kid"]?.GetValue<string>() ?? "none";
        (await workspace.Send(HttpMethod.Put, "/consumers/" + mark, """{"from":"beginning"}""")).Is(HttpStatusCode.Created);
        ids["consumers"] = mark;
        ids["members"] = (await Made("/members", $$"""{"subject":"{{mark}}","roles":["auditor"]}"""))["id"];
        ids["identity-providers"] = (await Made("/identity-providers", $$"""
            {"name":"{{mark}}","issuer":"https://{{mark}}.example","audiences":["eventmesh"],"algorithms":["RS256"],"roles_claim":"roles","roles":{"a":["auditor"]},"require_tenant_id":false}
            """))["id"];
        ids["elevations"] = (await workspace.AsAdmin.Post("/elevations", """{"roles":["auditor"],"reason":"to look at something","duration_seconds":60}""")).Is(HttpStatusCode.Created)["id"];
        ids["projections"] = "usage";
        for (var n = 1; n <= 2; n++) ids["events"] = (await workspace.Publish(Workspace.Event($"{mark}-{n}", "order.created", $$""","data":{"key":"{{mark}}"}"""))).Is(HttpStatusCode.Accepted)["id"];
        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items is [var delivery, ..] && (ids["deliveries"] = Text(delivery, "id")).Length > 0, TimeSpan.FromSeconds(60), "a delivery");
        ids["attempts"] = "1";
        ids["reveals"] = (await workspace.Post($"/events/{ids["events"]}/reveal", $$"""{"reason":"to look at {{mark}}"}""")).Is(HttpStatusCode.OK)["reveal"];
        await Eventually.True(async () => (await workspace.Get("/ordering")).Items is [var line, ..] && (ids["ordering"] = Text(line, "line")).Length > 0, TimeSpan.FromSeconds(60), "a line");
        ids["replays"] = (await Made("/replays", $$"""{"kind":"deliveries","filter":{"since":"{{DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}}"} }"""))["id"];
        ids["exports"] = (await Made("/exports", """{"gzip":true}"""))["id"];
        var callers = new Dictionary<char, Caller>();
        foreach (var (letter, role) in Roles) callers[letter] = (await workspace.WithKey(role)).Caller;
        return new(workspace, mark, ids, callers);

        async Task<Answer> Made(string path, string json)
        {
            var answer = await workspace.Post(path, json);
            return answer.Is(answer.Status is HttpStatusCode.Accepted or HttpStatusCode.OK ? answer.Status : HttpStatusCode.Created);
        }
    }

    /// <summary>The path of an operation, in <paramref name="workspace"/>, that names what is in this workspace.</summary>
    public string Here(Operation operation, string workspace) => Filled(operation, workspace, (segment, absent) => Ids.GetValueOrDefault(segment, absent));

    /// <summary>The path of an operation that names what is nowhere, by ids of the same form.</summary>
    public string Nowhere(Operation operation, string workspace) => Filled(operation, workspace, (_, absent) => absent);

    private static string Filled(Operation operation, string workspace, Func<string, string, string> id)
    {
        var segments = operation.Path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            segments[i] = segments[i] switch
            {
                "{ws}" => workspace,
                "{kid}" => id("kid", "none"),
                "{provider}" => "github",
                "{version}" => id("versions", "7"),
                ['{', ..] => id(segments[i - 1], Absent(segments[i - 1])),
                var literal => literal,
            };
        }
        return string.Join('/', segments);
    }

    private static string Absent(string collection) => collection switch
    {
        "connections" or "streams" => "con_", "rules" => "rul_", "sources" => "src_", "keys" => "key_", "service-accounts" => "sa_", "credentials" => "crd_", "members" => "usr_",
        "elevations" => "elv_", "reveals" => "rev_", "events" => "evt_", "deliveries" => "dlv_", "ordering" => "lin_", "replays" => "rpl_", "exports" => "exp_", "admins" => "adm_", "identity-providers" => "idp_", _ => "",
    } + "00000000000000000000000000";

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
