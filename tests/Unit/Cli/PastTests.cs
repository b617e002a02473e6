using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class PastTests
{
    [Theory]
    [InlineData("connections list -w acme --at 2026-11-21T12:00:00Z", "/v1/workspaces/acme/connections?at=2026-11-21T12%3A00%3A00Z&limit=50")]
    [InlineData("types list -w acme --archived --at 2026-11-21T12:00:00+01:00", "/v1/workspaces/acme/event-types?archived=true&at=2026-11-21T12%3A00%3A00%2B01%3A00&limit=50")]
    [InlineData("rules list -w acme", "/v1/workspaces/acme/rules?limit=50")]
    [InlineData("workspaces list --at 0000000002f1-000000000d07", "/v1/workspaces?at=0000000002f1-000000000d07&limit=50")]
    [InlineData("workspaces get acme --at 2026-11-21T12:00:00Z", "/v1/workspaces/acme?at=2026-11-21T12%3A00%3A00Z")]
    [InlineData("secrets get db -w acme --at 2026-11-21T12:00:00Z", "/v1/workspaces/acme/secrets/db?at=2026-11-21T12%3A00%3A00Z")]
    [InlineData("configuration show -w acme --at 2026-11-21T12:00:00Z", "/v1/workspaces/acme/configuration?at=2026-11-21T12%3A00%3A00Z")]
    [InlineData("configuration diff -w acme --from 2026-11-21T12:00:00Z", "/v1/workspaces/acme/configuration/diff?from=2026-11-21T12%3A00%3A00Z")]
    public async Task A_moment_goes_with_the_request(string typed, string path)
    {
        await using var server = await StandIn.Start(200, """{"items":[],"next":null,"changes":[]}""");
        Assert.Equal(0, await new Prompt(server.Url).Type(typed.Split(' ')));
        Assert.Equal([path], server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task A_difference_is_shown_with_what_it_was_and_who_did_it()
    {
        await using var server = await StandIn.Start(200, """
            {"from":"a","to":"b","changes":[{"path":"rules.rul_1.name","kind":"changed","before":"big","after":"huge",
              "events":[{"position":"p","stream":"rul_1","version":2,"type":"rule_changed","at":"2026-11-21T12:00:00.5Z","actor":"key_1","correlation_id":null}]},
              {"path":"rules.rul_2","kind":"added","before":null,"after":{"name":"new"},"events":[]}]}
            """);
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("configuration", "diff", "-w", "acme", "--from", "2026-11-21T11:00:00Z"));
        Assert.Equal("""
            changed  rules.rul_1.name  "big" → "huge"
                     rule_changed at 2026-11-21 12:00:00 by key_1
            added    rules.rul_2  {"name":"new"}

            """, prompt.Out);
    }
}
