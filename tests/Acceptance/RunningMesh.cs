using EventMesh.Tests.Acceptance;
using EventMesh.Tests.Servers;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningMesh))]

namespace EventMesh.Tests.Acceptance;

/// <summary>One process and one database for all journeys that do not stop them; each journey has a workspace of its own.</summary>
public sealed class RunningMesh : IAsyncLifetime
{
    public EventMeshProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Process = await StartOn(await (await PostgresServer.Shared).CreateDatabase("acceptance"));

    /// <summary>A process on a database, and on the broker that <c>BROKER</c> asks for; webhooks may reach loopback addresses.</summary>
    public static async Task<EventMeshProcess> StartOn(string postgres)
    {
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = postgres, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8" };
        if (Environment.GetEnvironmentVariable("BROKER") == "rabbitmq") settings["EVENTMESH_RABBITMQ"] = (await RabbitMqServer.Shared).Uri;
        return await EventMeshProcess.Start(settings);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    public Caller Admin => new(Process.Client());

    /// <summary>A new workspace, for the holder of its first key.</summary>
    public async Task<Workspace> Workspace() => await Acceptance.Workspace.New(Process);
}
