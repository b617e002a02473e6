using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class AuditTests
{
    [Theory]
    [InlineData("audit -w acme", "/v1/workspaces/acme/audit?limit=50")]
    [InlineData("audit -w acme --actor key_1 --action connection_* --outcome failed", "/v1/workspaces/acme/audit?actor=key_1&action=connection_%2A&outcome=failed&limit=50")]
    [InlineData("audit -w acme --resource con_1 --correlation c --elevation elv_1 --since 2026-11-21T12:00:00Z --until 2026-11-21T13:00:00Z",
        "/v1/workspaces/acme/audit?resource=con_1&correlation=c&elevation=elv_1&since=2026-11-21T12%3A00%3A00Z&until=2026-11-21T13%3A00%3A00Z&limit=50")]
    [InlineData("audit --platform --limit 5", "/v1/audit?limit=5")]
    public async Task Filters_go_with_the_request(string typed, string path)
    {
        await using var server = await StandIn.Start(200, """{"items":[],"next":null}""");
        Assert.Equal(0, await new Prompt(server.Url).Type(typed.Split(' ')));
        Assert.Equal([path], server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task People_read_what_happened_in_sentences()
    {
        await using var server = await StandIn.Start(200, """
            {"items":[{"at":"2026-11-21T12:00:00.5Z","actor":{"id":"key_1","kind":"key","name":"deploy"},"action":"rule_deleted","outcome":"succeeded","from":"192.0.2.0/24","sentence":"deploy (key_1) deleted the rule rul_1."}],"next":null}
            """);
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("audit", "-w", "acme"));
        Assert.Contains("deploy (key_1) deleted the rule rul_1.", prompt.Out, StringComparison.Ordinal);
        Assert.Contains("192.0.2.0/24", prompt.Out, StringComparison.Ordinal);
    }
}
