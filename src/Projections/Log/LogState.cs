using EventMesh.Domain.Log;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Log;

/// <summary>How far the log of a workspace has come.</summary>
/// <param name="Size">How many leaves it has.</param>
/// <param name="Peaks">The roots of its perfect subtrees, largest first.</param>
/// <param name="UpTo">The position of its last leaf.</param>
public sealed record LogState(string Workspace, long Size, IReadOnlyList<MerkleHash> Peaks, Position UpTo)
{
    internal const string Columns = "s.tenant_id, s.size, s.peaks, s.last_xid, s.last_seq";

    public static LogState None(string workspace) => new(workspace, 0, [], Position.Start);

    public MerkleHash Root => new CompactRange(Size, Peaks).Root;

    /// <param name="first">The ordinal of the first of <see cref="Columns"/>.</param>
    internal static LogState Read(NpgsqlDataReader reader, int first = 0) => new(
        reader.GetString(first), reader.GetInt64(first + 1), Hashes(reader.GetFieldValue<byte[]>(first + 2)), new(reader.GetFieldValue<ulong>(first + 3), reader.GetInt64(first + 4)));

    /// <summary>Of some workspaces; those without a log are left out.</summary>
    internal static async Task<Dictionary<string, LogState>> Read(NpgsqlConnection connection, string[] workspaces, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from unnest($1) as w(id) join eventmesh.log_state s on s.tenant_id = w.id", connection)
        {
            Parameters = { new() { Value = workspaces, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } },
        };
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var states = new Dictionary<string, LogState>(StringComparer.Ordinal);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) states.Add(reader.GetString(0), Read(reader));
            return states;
        }).ConfigureAwait(false);
    }

    internal static MerkleHash[] Hashes(ReadOnlySpan<byte> bytes)
    {
        var hashes = new MerkleHash[bytes.Length / MerkleHash.Bytes];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = MerkleHash.Of(bytes.Slice(i * MerkleHash.Bytes, MerkleHash.Bytes));
        return hashes;
    }

    internal static byte[] Bytes(IReadOnlyList<MerkleHash> hashes, int first, int count)
    {
        var bytes = new byte[count * MerkleHash.Bytes];
        for (var i = 0; i < count; i++) hashes[first + i].CopyTo(bytes.AsSpan(i * MerkleHash.Bytes));
        return bytes;
    }
}
