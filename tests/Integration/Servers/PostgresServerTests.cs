using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Servers;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task What_was_committed_survives_a_kill()
    {
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase("crash");
        await Execute(database, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)");

        await server.Kill();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Execute(database, "SELECT 1"));
        await server.StartAgain();

        Assert.Equal(42, await Execute(database, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task A_database_is_not_shared_with_one_of_the_same_name()
    {
        var server = await PostgresServer.Shared;
        var first = await server.CreateDatabase("twin");
        var second = await server.CreateDatabase("twin");

        Assert.NotEqual(await Execute(first, "SELECT current_database()"), await Execute(second, "SELECT current_database()"));
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk()
    {
        var server = await PostgresServer.Shared;
        Assert.Equal("on on", await Execute(server.ConnectionString, "SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit')"));
    }

    private static async Task<object?> Execute(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
