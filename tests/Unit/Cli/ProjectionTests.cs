using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class ProjectionTests
{
    [Theory]
    [InlineData("projections rebuild usage --only acme", "/v1/projections/usage/rebuild", """{"workspace":"acme"}""")]
    [InlineData("projections rebuild usage", "/v1/projections/usage/rebuild", "{}")]
    [InlineData("projections cancel usage", "/v1/projections/usage/rebuild/cancel", "")]
    [InlineData("projections pause usage", "/v1/projections/usage/pause", "")]
    [InlineData("projections resume usage", "/v1/projections/usage/resume", "")]
    [InlineData("projections retry usage", "/v1/projections/usage/retry", "")]
    [InlineData("projections skip usage 0000000002f1-000000000d07", "/v1/projections/usage/skip", """{"position":"0000000002f1-000000000d07"}""")]
    public async Task A_command_is_one_request(string typed, string path, string body)
    {
        await using var server = await StandIn.Start(202, """{"id":"prb_1","name":"usage","state":"running"}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type(typed.Split(' ')));
        Assert.Equal([("POST", path, body)], server.Requests.Select(r => (r.Method, r.Path, r.Body)));
        Assert.Contains("running", prompt.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watched_a_rebuild_that_failed_says_where_and_why()
    {
        await using var server = await StandIn.Start(200, """
            {"id":"prb_1","state":"failed","phase":"reading","percent":40,"events":12,"events_per_second":7,"failed":{"position":"p-1","workspace":"acme","event_type":"delivery_succeeded","reason":"'at' is missing."}}
            """);
        var prompt = new Prompt(server.Url);
        Assert.NotEqual(0, await prompt.Type("projections", "rebuild", "deliveries", "--watch"));
        Assert.Contains("reading: 40 %, 12 events, 7/s", prompt.Error, StringComparison.Ordinal);
        Assert.Contains("failed at p-1 (acme, delivery_succeeded): 'at' is missing.", prompt.Error, StringComparison.Ordinal);
    }
}
