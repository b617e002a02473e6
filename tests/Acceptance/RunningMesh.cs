using EventMesh.Tests.Acceptance;
using EventMesh.Tests.Servers;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningMesh))]

namespace EventMesh.Tests.Acceptance;

/// <summary>One process and one database for all journeys that do not stop them; each journey has a workspace of its own.</summary>
public sealed class RunningMesh : IAsyncLifetime
{
    public EventMeshProcess Process { get; private set; } = null!;

    // What it tells of itself, kept in files that are searched for planted values at the end.
    private readonly DirectoryInfo told = Directory.CreateTempSubdirectory("eventmesh-telemetry");
    private OtlpCollector collector = null!;

    public string Telemetry => told.FullName;

    public async ValueTask InitializeAsync()
    {
        collector = new(told.FullName);
        // On a server of its own: what others do to their databases on the shared one, making them above all, holds no feed of the journeys back.
        Process = await StartOn(await (await PostgresServer.Start()).CreateDatabase("acceptance"), new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "1000", ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
        });
    }

    /// <summary>A process on a database, and on the broker that <c>BROKER</c> asks for; webhooks may reach loopback addresses.</summary>
    public static async Task<EventMeshProcess> StartOn(string postgres, IReadOnlyDictionary<string, string>? further = null)
    {
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = postgres, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8" };
        foreach (var (name, value) in further ?? new Dictionary<string, string>()) settings[name] = value;
        if (Environment.GetEnvironmentVariable("BROKER") == "rabbitmq") settings["EVENTMESH_RABBITMQ"] = await (await RabbitMqServer.Shared).CreateVirtualHost();
        return await EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await collector.DisposeAsync();
        told.Delete(recursive: true);
    }

    public Caller Admin => new(Process.Client());

    /// <summary>A new workspace, for the holder of its first key.</summary>
    public async Task<Workspace> Workspace() => await Acceptance.Workspace.New(Process);
}
