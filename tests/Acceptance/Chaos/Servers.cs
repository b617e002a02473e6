using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>Servers of one test's own, for it may kill them.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly string database;

    private Servers(PostgresServer postgres, RabbitMqServer? rabbitMq, string database) => (Postgres, RabbitMq, this.database) = (postgres, rabbitMq, database);

    public PostgresServer Postgres { get; }
    public RabbitMqServer? RabbitMq { get; }

    public static async Task<Servers> Start(string broker)
    {
        var postgres = await PostgresServer.Start();
        return new(postgres, broker == "rabbitmq" ? await RabbitMqServer.Start() : null, await postgres.CreateDatabase("chaos"));
    }

    public Task<EventMeshProcess> Node()
    {
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test" };
        if (RabbitMq is not null) settings["EVENTMESH_RABBITMQ"] = RabbitMq.Uri;
        return EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (RabbitMq is not null) await RabbitMq.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
