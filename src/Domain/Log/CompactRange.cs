using System.Numerics;

namespace EventMesh.Domain.Log;

/// <summary>A tree that only grows: of all it was given it keeps the roots of its perfect subtrees, at most 64 hashes, largest first. Not thread-safe.</summary>
public sealed class CompactRange
{
    private readonly List<MerkleHash> peaks;

    public CompactRange() => peaks = [];

    /// <summary>A tree of which the first <paramref name="size"/> leaves are known by their perfect subtrees.</summary>
    /// <param name="peaks">Largest first: one for each bit that is set in the size.</param>
    /// <exception cref="ArgumentException">There are not as many as the size has bits set.</exception>
    public CompactRange(long size, IEnumerable<MerkleHash> peaks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        (Size, this.peaks) = (size, [.. peaks]);
        if (this.peaks.Count != BitOperations.PopCount((ulong)size)) throw new ArgumentException($"A tree of {size} leaves is not made of {this.peaks.Count} perfect subtrees.", nameof(peaks));
    }

    /// <summary>How many leaves it has.</summary>
    public long Size { get; private set; }

    public IReadOnlyList<MerkleHash> Peaks => peaks;

    public void Append(in MerkleHash leaf)
    {
        var root = leaf;
        for (var full = Size; (full & 1) == 1; full >>= 1)
        {
            root = MerkleTree.Node(peaks[^1], root);
            peaks.RemoveAt(peaks.Count - 1);
        }
        peaks.Add(root);
        Size++;
    }

    public MerkleHash Root
    {
        get
        {
            if (peaks.Count == 0) return MerkleTree.Empty;
            var root = peaks[^1];
            for (var i = peaks.Count - 2; i >= 0; i--) root = MerkleTree.Node(peaks[i], root);
            return root;
        }
    }
}
