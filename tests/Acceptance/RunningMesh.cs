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

    /// <summary>A process on a database; webhooks may reach loopback addresses.</summary>
    public static Task<EventMeshProcess> StartOn(string postgres) =>
        EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = postgres, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8" });

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    public Caller Admin => new(Process.Client());

    /// <summary>A new workspace, and the admin in it.</summary>
    public async Task<Workspace> Workspace() => await Acceptance.Workspace.New(Process);
}
