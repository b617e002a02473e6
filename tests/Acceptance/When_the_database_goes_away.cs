using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_the_database_goes_away
{
    [Fact]
    public async Task Requests_are_answered_503_and_all_is_well_when_it_is_back()
    {
        await using var postgres = await PostgresServer.Start();
        await using var process = await RunningMesh.StartOn(await postgres.CreateDatabase("away"));
        var workspace = await Workspace.New(process);
        await workspace.Connection();
        (await workspace.Caller.Get("/readyz")).Is(HttpStatusCode.OK);

        await postgres.Kill();
        (await workspace.Caller.Get("/healthz")).Is(HttpStatusCode.OK);
        (await workspace.Caller.Get("/readyz")).Is(HttpStatusCode.ServiceUnavailable);
        foreach (var answer in new[] { await workspace.Publish(Workspace.Event("1")), await workspace.Get("/events"), await workspace.Get("/connections"), await workspace.Get("/deliveries"), await workspace.Get("") })
        {
            answer.IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await postgres.StartAgain();
        await Eventually.True(async () => (await workspace.Caller.Get("/readyz")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(60), "the process to be ready again");
        // Connections that the kill broke are found broken when they are next used.
        await Eventually.True(async () => (await workspace.Get("/rules")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(60), "calls to be answered again");
        (await workspace.Publish(Workspace.Event("2"))).Is(HttpStatusCode.Accepted);
        // The index follows again: what is written is seen.
        var connection = await workspace.Connection();
        await workspace.Rule("{}", connection);
        Assert.Equal(0, await process.Terminate());
    }
}
