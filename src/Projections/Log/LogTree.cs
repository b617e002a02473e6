using EventMesh.Domain.Log;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Log;

/// <summary>The hashes that a log should have are not all there.</summary>
public sealed class LogIncomplete(string workspace, int level, long index)
    : Exception($"The log of {workspace} lacks the hash {index} of level {level} of its tiles.");

/// <summary>
/// Roots and proofs out of what is kept: the computation is run once to see which tiles it asks for, and once with those, which were read together.
/// </summary>
public static class LogTree
{
    private const string Sql = """
        select t.tenant_id, t.level, t.first, t.hashes from unnest($1, $2, $3) as n(tenant_id, level, first)
        join eventmesh.log_tiles t on t.tenant_id = n.tenant_id and t.level = n.level and t.first >= n.first and t.first < n.first + 256
        order by t.tenant_id, t.level, t.first
        """;

    /// <summary>Something of one workspace's tree, in a session that is bound to it.</summary>
    /// <exception cref="LogIncomplete">A hash is missing.</exception>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<T> Compute<T>(WorkspaceStore store, Func<PerfectSubtree, T> compute, CancellationToken stop = default)
    {
        var needed = new Tiles();
        compute(needed.Noting(store.Workspace));
        if (needed.Count > 0)
        {
            await using var session = await store.Session(stop).ConfigureAwait(false);
            var statement = new NpgsqlBatchCommand(Sql);
            statement.Parameters.AddRange(needed.Parameters());
            session.Add(store.Workspace, statement);
            await using var reader = await session.Run(stop).ConfigureAwait(false);
            await reader.NextResultAsync(stop).ConfigureAwait(false);
            await needed.Read(reader, stop).ConfigureAwait(false);
        }
        return compute(needed.Giving(store.Workspace));
    }

    /// <summary>Something of the trees of many workspaces; null where a hash is missing.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, T?>> Compute<T>(Store store, IReadOnlyDictionary<string, Func<PerfectSubtree, T>> computations, CancellationToken stop = default)
        where T : class
    {
        var needed = new Tiles();
        foreach (var (workspace, compute) in computations) compute(needed.Noting(workspace));
        if (needed.Count > 0)
        {
            await using var command = store.Feed.CreateCommand(Sql);
            command.Parameters.AddRange(needed.Parameters());
            await Database.Ask(async () =>
            {
                await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
                await needed.Read(reader, stop).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        return computations.ToDictionary(c => c.Key, c => Computed(c.Value, needed.Giving(c.Key)), StringComparer.Ordinal);
    }

    private static T? Computed<T>(Func<PerfectSubtree, T> compute, PerfectSubtree of) where T : class
    {
        try
        {
            return compute(of);
        }
        catch (LogIncomplete)
        {
            return null;
        }
    }

    private sealed class Tiles
    {
        private readonly Dictionary<(string Workspace, short Level, long First), List<MerkleHash>> tiles = [];

        public int Count => tiles.Count;

        public PerfectSubtree Noting(string workspace) => (height, index) =>
        {
            var (level, first, _) = Tile.Of(height, index);
            tiles.TryAdd((workspace, level, Tile.Begin(first)), []);
            return default;
        };

        public PerfectSubtree Giving(string workspace) => (height, index) =>
        {
            var (level, first, count) = Tile.Of(height, index);
            var (kept, at) = (tiles[(workspace, level, Tile.Begin(first))], (int)(first - Tile.Begin(first)));
            if (kept.Count < at + count) throw new LogIncomplete(workspace, level, first + count - 1);
            return count == 1 ? kept[at] : MerkleTree.Root(kept.Skip(at).Take(count));
        };

        public NpgsqlParameter[] Parameters()
        {
            var keys = tiles.Keys.ToArray();
            return
            [
                new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = Array.ConvertAll(keys, k => k.Workspace) },
                new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint, Value = Array.ConvertAll(keys, k => k.Level) },
                new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = Array.ConvertAll(keys, k => k.First) },
            ];
        }

        public async Task Read(NpgsqlDataReader reader, CancellationToken stop)
        {
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
            {
                var (workspace, level, first) = (reader.GetString(0), reader.GetInt16(1), reader.GetInt64(2));
                var tile = tiles[(workspace, level, Tile.Begin(first))];
                // What comes behind a gap is as good as not there.
                if (Tile.Begin(first) + tile.Count == first) tile.AddRange(LogState.Hashes(reader.GetFieldValue<byte[]>(3)));
            }
        }
    }
}
