using System.Runtime.InteropServices;
using EventMesh.Domain.Log;
using EventMesh.EventStore;

namespace EventMesh.Projections.Log;

/// <summary>Neighbours of one level, of one tile at most.</summary>
/// <param name="Position">Of the first leaf; null above level 0.</param>
internal readonly record struct TileRow(short Level, long First, byte[] Hashes, Position? Position);

/// <summary>The log of one workspace while a page of the feed is taken in: what was appended, and what came full by it. Not thread-safe.</summary>
internal sealed class GrowingLog(LogState from)
{
    private readonly List<MerkleHash> peaks = [.. from.Peaks];
    private readonly List<List<MerkleHash>> appended = [];
    private readonly List<Position> positions = [];

    public static GrowingLog Of(LogState from, List<(MerkleHash Leaf, Position At)> leaves)
    {
        var log = new GrowingLog(from);
        var done = 0;
        foreach (var (leaf, at) in CollectionsMarshal.AsSpan(leaves))
        {
            log.Append(leaf, at);
            GiveWay.After(++done);
        }
        return log;
    }

    public string Workspace => from.Workspace;
    public long Size { get; private set; } = from.Size;
    public Position UpTo { get; private set; } = from.UpTo;

    /// <summary>Appends a leaf. One that the log has already, by its position, changes nothing.</summary>
    public void Append(in MerkleHash leaf, Position position)
    {
        if (position <= UpTo) return;
        positions.Add(position);
        Add(0, leaf);
        var (root, height) = (leaf, 0);
        for (var full = Size; (full & 1) == 1; full >>= 1)
        {
            root = MerkleTree.Node(peaks[^1], root);
            peaks.RemoveAt(peaks.Count - 1);
            if (++height % Tile.Height == 0) Add(height / Tile.Height, root);
        }
        peaks.Add(root);
        (Size, UpTo) = (Size + 1, position);
    }

    /// <summary>What was appended, by tile: whole tiles, and parts of those that began before or are not full yet.</summary>
    public IEnumerable<TileRow> Rows()
    {
        for (short level = 0; level < appended.Count; level++)
        {
            var (hashes, begin) = (appended[level], Begin(level));
            for (var at = 0; at < hashes.Count;)
            {
                var first = begin + at;
                var count = (int)Math.Min(hashes.Count - at, Tile.Begin(first) + Tile.Width - first);
                yield return new(level, first, LogState.Bytes(hashes, at, count), level == 0 ? positions[at] : null);
                at += count;
            }
        }
    }

    /// <summary>The tiles that came full and began before: the level of each and its first index.</summary>
    public IEnumerable<(short Level, long First)> Filled()
    {
        for (short level = 0; level < appended.Count; level++)
        {
            var tile = Tile.Begin(Begin(level));
            if (Begin(level) > tile && Begin(level) + appended[level].Count >= tile + Tile.Width) yield return (level, tile);
        }
    }

    public byte[] Peaks() => LogState.Bytes(peaks, 0, peaks.Count);

    private long Begin(int level) => from.Size >> (level * Tile.Height);

    private void Add(int level, in MerkleHash hash)
    {
        if (appended.Count == level) appended.Add([]);
        appended[level].Add(hash);
    }
}
