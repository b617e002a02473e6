using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Lifecycle;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_process_that_is_asked_to_stop_ends_in_order()
    {
        await using var eventMesh = await Start();
        Assert.Equal(0, await eventMesh.Terminate());
    }

    [Fact]
    public async Task A_killed_process_starts_again_on_its_home_with_the_same_admin_token()
    {
        await using var eventMesh = await Start();
        var token = eventMesh.AdminToken;

        await eventMesh.Kill();
        await eventMesh.StartAgain();

        Assert.Equal(token, eventMesh.AdminToken);
        Assert.Equal(2, eventMesh.Lines.Count(line => line == $"EventMesh is ready at {eventMesh.Address.ToString().TrimEnd('/')}"));
    }

    [Fact]
    public async Task A_process_without_a_database_says_what_it_lacks()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => EventMeshProcess.Start(new Dictionary<string, string>()));
        Assert.Contains("EVENTMESH_POSTGRES", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<EventMeshProcess> Start()
    {
        var server = await PostgresServer.Shared;
        return await EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = await server.CreateDatabase("process") });
    }
}
