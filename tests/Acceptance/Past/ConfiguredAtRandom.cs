using System.Net;

namespace EventMesh.Tests.Acceptance.Past;

/// <summary>Changes of everything that a workspace is configured with, one after another, the same for the same seed.</summary>
internal sealed class ConfiguredAtRandom(Workspace workspace, int seed)
{
    /// <summary>The lists whose past is asked for.</summary>
    public static readonly string[] Lists =
        ["/connections", "/rules", "/keys", "/members", "/service-accounts", "/sources", "/event-types?archived=true", "/secrets", "/identity-providers", ""];

    private readonly Random random = new(seed);
    private readonly Dictionary<string, List<string>> there = [];
    private int made;

    /// <summary>Changes something.</summary>
    /// <returns>What may look different now.</returns>
    public async Task<string> Change()
    {
        made++;
        switch (random.Next(12))
        {
            case 0: return await New("/connections", $$"""{"name":"c{{made}}","kind":"webhook","config":{"url":"http://127.0.0.1:9/{{made}}","headers":{"x-a":"{{made}}"} } }""");
            case 1 when Any("/connections") is { } connection: return await New("/rules", $$"""{"name":"r{{made}}","filter":{"type":["a.{{made}}"]},"connections":["{{connection}}"]}""");
            case 2 when Any("/rules") is { } rule: return await Change("/rules/" + rule, $$"""{"name":"r{{made}}","status":"{{Status()}}","filter":{"type":["b.{{made}}"]} }""");
            case 3 when Any("/connections") is { } connection: return await Change("/connections/" + connection, $$"""{"name":"c{{made}}","status":"{{Status()}}"}""");
            case 4: return await New("/keys", $$"""{"name":"k{{made}}","roles":["{{Role()}}"]}""");
            case 5: return await New("/members", $$"""{"subject":"s{{random.Next(3)}}","roles":["{{Role()}}"]}""");
            case 6: return await New("/service-accounts", $$"""{"name":"a{{made}}","roles":["{{Role()}}"]}""");
            case 7 when Any("/service-accounts") is { } account: await workspace.Post($"/service-accounts/{account}/credentials", """{"kind":"secret"}"""); return "/service-accounts/" + account;
            case 8: return await New("/sources", $$"""{"name":"s{{made}}","verification":{"kind":"github"} }""");
            case 9: return await Named("/secrets", $"n{random.Next(3)}", name => $$"""{"name":"{{name}}","value":"{{name}}-value-{{made}}"}""", "/versions", $$"""{"value":"another-{{made}}"}""");
            case 10: return await Named("/event-types", $"t{random.Next(3)}", name => $$"""{"name":"{{name}}","description":"{{made}}"}""", "/schemas", $$"""{"schema":{"maxProperties":{{made}} } }""");
            default: return await Delete();
        }
    }

    private string Status() => random.Next(2) == 0 ? "enabled" : "disabled";

    private string Role() => random.Next(2) == 0 ? "developer" : "auditor";

    private string? Any(string list) => there.TryGetValue(list, out var ids) && ids.Count > 0 ? ids[random.Next(ids.Count)] : null;

    private async Task<string> New(string list, string json)
    {
        var answer = (await workspace.Post(list, json)).Is(HttpStatusCode.Created);
        if (!there.TryGetValue(list, out var ids)) there.Add(list, ids = []);
        if (!ids.Contains(answer["id"])) ids.Add(answer["id"]);
        // A key is never shown by itself.
        return list == "/keys" ? list : $"{list}/{answer["id"]}";
    }

    private async Task<string> Change(string path, string json)
    {
        (await workspace.Patch(path, json)).Is(HttpStatusCode.OK);
        return path;
    }

    private async Task<string> Named(string list, string name, Func<string, string> create, string further, string more)
    {
        if ((await workspace.Post(list, create(name))).Status == HttpStatusCode.Conflict) (await workspace.Post($"{list}/{name}{further}", more)).Is(HttpStatusCode.Created);
        return $"{list}/{name}";
    }

    private async Task<string> Delete()
    {
        foreach (var list in new[] { "/rules", "/keys", "/members", "/service-accounts", "/sources" })
        {
            if (random.Next(2) == 0 || Any(list) is not { } id) continue;
            (await workspace.Delete($"{list}/{id}")).Is(HttpStatusCode.NoContent);
            there[list].Remove(id);
            return list == "/keys" ? list : $"{list}/{id}";
        }
        await workspace.Delete("/secrets/n1");
        return "/secrets/n1";
    }
}
