using EventMesh.Domain.Log;
using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Projections.Log;

/// <summary>What was signed of a log.</summary>
/// <param name="Note">As a C2SP signed note, with the lines that witnesses added.</param>
public sealed record StoredCheckpoint(long Size, MerkleHash Root, string Note, DateTimeOffset At)
{
    public const string Columns = "c.size, c.root, c.note || c.cosignatures, c.at";

    public static StoredCheckpoint Read(NpgsqlDataReader reader, int first = 0) => new(
        reader.GetInt64(first), MerkleHash.Of(reader.GetFieldValue<byte[]>(first + 1)), reader.GetString(first + 2), new(reader.GetDateTime(first + 3), TimeSpan.Zero));
}

public static class ReadCheckpoints
{
    /// <summary>The checkpoint of exactly that size; null when none was signed.</summary>
    public static async Task<StoredCheckpoint?> OfSize(WorkspaceStore store, long size, CancellationToken stop = default) =>
        (await Read(store, "c.size = $1", size, 1, stop).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Newest first.</summary>
    /// <param name="below">Only smaller ones.</param>
    public static Task<List<StoredCheckpoint>> Newest(WorkspaceStore store, long below, int limit, CancellationToken stop = default) => Read(store, "c.size < $1", below, limit, stop);

    private static async Task<List<StoredCheckpoint>> Read(WorkspaceStore store, string condition, long size, int limit, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(
            $"select {StoredCheckpoint.Columns} from eventmesh.log_checkpoints c where c.tenant_id = $3 and {condition} order by c.size desc limit $2")
        {
            Parameters = { new() { Value = size }, new() { Value = limit }, new() { Value = store.Workspace } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var found = new List<StoredCheckpoint>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(StoredCheckpoint.Read(reader));
        return found;
    }
}
