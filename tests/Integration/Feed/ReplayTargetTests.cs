using EventMesh.Cli;
using EventMesh.Cli.Replaying;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Feed;

public sealed class ReplayTargetTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_to_create_is_needed_once_for_the_schema_and_its_tables()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("warehouse");
        var (name, role) = (new NpgsqlConnectionStringBuilder(database).Database!, $"warehouse_{Guid.NewGuid():N}");
        await Run(database, $"create role {role}; grant create on database {name} to {role}");
        var theirs = new NpgsqlConnectionStringBuilder(database) { Options = $"-c role={role}" }.ConnectionString;
        Assert.Equal(Standing.Nowhere, await Opened(theirs, "mesh.orders"));

        await Run(database, $"revoke create on database {name} from {role}; alter schema mesh owner to current_user; grant usage on schema mesh to {role}");
        Assert.Equal(Standing.Nowhere, await Opened(theirs, "mesh.orders"));
        foreach (var missing in new[] { "mesh.others", "other.orders" })
            Assert.Contains("permission denied", (await Assert.ThrowsAsync<Failure>(() => Opened(theirs, missing))).Message, StringComparison.Ordinal);
        await Run(database, $"drop owned by {role}; drop role {role}");
    }

    private static async Task<Standing> Opened(string database, string table)
    {
        await using var target = new PostgresTarget(database, TargetTable.Named(table));
        return await target.Open("acme", "", Stop);
    }

    private static async Task Run(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
