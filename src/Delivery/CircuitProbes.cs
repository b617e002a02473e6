using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Delivery;

/// <summary>Who may make the one attempt that a half-open circuit lets through: one claim a circuit, over all nodes, by the database's clock.</summary>
internal sealed class CircuitProbes(Store store)
{
    /// <summary>Longer than an attempt lasts. Whoever dies with a claim holds up the circuit for so long.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);

    private const string ClaimSql = """
        insert into eventmesh.circuit_probes as p (tenant_id, connection_id, version, claimed_until) values ($1, $2, $3, now() + $4)
        on conflict (tenant_id, connection_id) do update set version = excluded.version, claimed_until = excluded.claimed_until
        where p.version < excluded.version or (p.version = excluded.version and p.claimed_until <= now())
        """;

    private const string ReleaseSql = "update eventmesh.circuit_probes set claimed_until = now() where tenant_id = $1 and connection_id = $2 and version = $3";

    /// <param name="version">Of the circuit's stream: a claim is for one opening.</param>
    /// <returns>Whether this node may probe.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<bool> Claim(string workspace, string connection, long version, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(ClaimSql);
        Name(command, workspace, connection, version);
        command.Parameters.Add(new() { Value = Lasts });
        return await FeedTable.Run(command, stop).ConfigureAwait(false) > 0;
    }

    /// <summary>Gives the claim to the next: the probe turned out to be no attempt.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer; the claim ends by itself.</exception>
    public async Task Release(string workspace, string connection, long version, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(ReleaseSql);
        Name(command, workspace, connection, version);
        await FeedTable.Run(command, stop).ConfigureAwait(false);
    }

    private static void Name(NpgsqlCommand command, string workspace, string connection, long version)
    {
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = connection });
        command.Parameters.Add(new() { Value = version });
    }
}
