using Npgsql;

namespace EventMesh.EventStore.Purging;

/// <summary>Lets the one role that may delete into each table that holds rows of workspaces, whoever made the table: nothing of a workspace is where a purge cannot reach it.</summary>
internal static class PurgerAdmission
{
    public static async Task Ensure(string connectionString, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(stop).ConfigureAwait(false);
        // One at a time: nodes that start together would make the same policies.
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('eventmesh.admit_purger')); select eventmesh.admit_purger()", connection);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
