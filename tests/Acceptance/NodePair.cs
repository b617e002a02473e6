using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Two nodes on one database: one does everything, the other answers requests. Whoever stops one starts it again.</summary>
public sealed class NodePair : IAsyncLifetime
{
    private readonly Stack<EventMeshProcess> started = [];

    public EventMeshProcess One { get; private set; } = null!;

    /// <summary>With the role <c>api</c> alone.</summary>
    public EventMeshProcess Two { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = await (await PostgresServer.Shared).CreateDatabase("node_pair"), ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-these-nodes",
            ["EVENTMESH_PUBLIC_URL"] = "https://events.example.com",
        };
        started.Push(One = await EventMeshProcess.Start(settings));
        settings["EVENTMESH_ROLES"] = "api";
        started.Push(Two = await EventMeshProcess.Start(settings));
    }

    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var last)) await last.DisposeAsync();
    }
}
