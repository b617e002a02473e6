using EventMesh.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>A data key as the database holds it.</summary>
/// <param name="Closed">Nothing new is sealed with it.</param>
/// <param name="Erasure">What the master key wrapped is wrapped by the workspace's erasure key.</param>
internal readonly record struct DataKeyRow(string Workspace, int Number, WrappedKey Wrapped, bool Closed, bool Erasure);

/// <summary>The table of data keys, as the sessions of their workspaces see it.</summary>
internal sealed class DataKeyRows(NpgsqlDataSource tenant)
{
    private const string ReadSql = "select k.number, k.master_key, k.wrapped, k.closed_at is not null, k.erasure from eventmesh.data_keys k where k.wrapped is not null order by k.number";

    // Who is second finds the first one's key.
    private const string InsertSql = "insert into eventmesh.data_keys (tenant_id, number, master_key, wrapped, created_at, erasure) values ($1, $2, $3, $4, now(), $5) on conflict do nothing";

    /// <summary>The keys of several workspaces, in one round trip.</summary>
    public async Task<List<DataKeyRow>> Read(IReadOnlyList<string> workspaces, CancellationToken stop)
    {
        await using var session = await TenantSession.Open(tenant, stop).ConfigureAwait(false);
        foreach (var workspace in workspaces) session.Add(workspace, new NpgsqlBatchCommand(ReadSql));
        return await session.Read(async reader =>
        {
            var rows = new List<DataKeyRow>(workspaces.Count);
            for (var i = 0; i < workspaces.Count; i++)
            {
                if (i > 0)
                {
                    await reader.NextResultAsync(stop).ConfigureAwait(false);
                    await reader.NextResultAsync(stop).ConfigureAwait(false);
                }
                while (await reader.ReadAsync(stop).ConfigureAwait(false))
                    rows.Add(new(workspaces[i], reader.GetInt32(0), new(reader.GetString(1), reader.GetFieldValue<byte[]>(2)), reader.GetBoolean(3), reader.GetBoolean(4)));
            }
            return rows;
        }, stop).ConfigureAwait(false);
    }

    /// <summary>Stores a key unless there is one of this number.</summary>
    public async Task Insert(string workspace, int number, WrappedKey wrapped, bool erasure, CancellationToken stop)
    {
        await using var session = await TenantSession.Open(tenant, stop).ConfigureAwait(false);
        session.Add(workspace, new NpgsqlBatchCommand(InsertSql)
        {
            Parameters =
            {
                new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = number },
                new() { Value = wrapped.MasterKey, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = wrapped.Bytes }, new() { Value = erasure },
            },
        });
        // To the end of the results: an error of the commit comes after them.
        await session.Read(reader => reader.NextResultAsync(stop), stop).ConfigureAwait(false);
    }
}
