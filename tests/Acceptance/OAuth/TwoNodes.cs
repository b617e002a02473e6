using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.OAuth;

/// <summary>Two nodes on one database, and a way to move the times that tests cannot wait for.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> opened = [];
    private NpgsqlDataSource database = null!;

    public EventMeshProcess One { get; private set; } = null!;
    public EventMeshProcess Two { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var postgres = await (await PostgresServer.Shared).CreateDatabase("oauth");
        var settings = new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = postgres, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-these-nodes", ["EVENTMESH_MASTER_KEY"] = "k1:" + Convert.ToBase64String(new byte[32]), ["EVENTMESH_PURGE_PATIENCE"] = "5s",
        };
        opened.Push(One = await EventMeshProcess.Start(settings));
        opened.Push(Two = await EventMeshProcess.Start(settings));
        opened.Push(database = NpgsqlDataSource.Create(postgres));
    }

    /// <summary>Changes the row of a connection's tokens.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> Change(string connection, string set)
    {
        await using var session = await database.OpenConnectionAsync();
        await using var role = new NpgsqlCommand("set role eventmesh_feed", session);
        await role.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand($"update eventmesh.oauth_tokens set {set} where connection_id = $1", session) { Parameters = { new() { Value = connection } } };
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Makes what was begun late.</summary>
    public async Task Late(string table)
    {
        await using var command = database.CreateCommand($"alter table {table} no force row level security; update {table} set expires_at = now() - interval '1 second'; alter table {table} force row level security");
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        while (opened.TryPop(out var last)) await last.DisposeAsync();
    }
}
