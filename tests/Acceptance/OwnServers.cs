using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance;

/// <summary>Servers of one test's own, for it may kill them.</summary>
internal sealed class OwnServers : IAsyncDisposable
{
    /// <summary>What <c>make … BROKER=</c> asks for: <c>rabbitmq</c>, or in process.</summary>
    public static readonly string Broker = Environment.GetEnvironmentVariable("BROKER") is { Length: > 0 } broker ? broker : "inprocess";

    private OwnServers(PostgresServer postgres, RabbitMqServer? rabbitMq, string database) => (Postgres, RabbitMq, Database) = (postgres, rabbitMq, database);

    /// <summary>The nodes' database, as its owner comes to it.</summary>
    public string Database { get; }

    public PostgresServer Postgres { get; }
    public RabbitMqServer? RabbitMq { get; }

    public static async Task<OwnServers> Start(string broker)
    {
        var postgres = await PostgresServer.Start();
        return new(postgres, broker == "rabbitmq" ? await RabbitMqServer.Start() : null, await postgres.CreateDatabase("chaos"));
    }

    public Task<EventMeshProcess> Node(string roles = "all")
    {
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = Database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test", ["EVENTMESH_ROLES"] = roles };
        if (RabbitMq is not null) settings["EVENTMESH_RABBITMQ"] = RabbitMq.Uri;
        return EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (RabbitMq is not null) await RabbitMq.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
