using EventMesh.EventStore;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Npgsql;

namespace EventMesh.Tests.Integration.Projections;

/// <summary>A database of one test, with the event store and the read models.</summary>
public sealed class ProjectionDatabase : IAsyncDisposable
{
    private ProjectionDatabase(Store store, NpgsqlDataSource admin, StoreOptions options) => (Store, Admin, Options) = (store, admin, options);

    public Store Store { get; }

    /// <summary>Sessions of the superuser, whom no policy binds.</summary>
    public NpgsqlDataSource Admin { get; }

    public StoreOptions Options { get; }

    public static async Task<ProjectionDatabase> Create()
    {
        var options = new StoreOptions(await Migrated.Database("projections", Migrated.Projections));
        var store = await Store.Open(options, ConfigurationEvents.All, Migrated.Projections);
        return new(store, NpgsqlDataSource.Create(options.ConnectionString), options);
    }

    public async Task Execute(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every row of the read model, as text, by workspace and id.</summary>
    public async Task<List<string>> Deliveries(string where = "true")
    {
        await using var command = Admin.CreateCommand($"select (d.*)::text from eventmesh.deliveries d where {where} order by tenant_id, id, generation");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Admin.DisposeAsync();
    }
}
