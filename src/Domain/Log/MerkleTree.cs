using System.Numerics;
using System.Security.Cryptography;

namespace EventMesh.Domain.Log;

/// <summary>The hash of the perfect subtree of 2^<paramref name="level"/> leaves that begins with leaf <paramref name="index"/>·2^<paramref name="level"/>.</summary>
public delegate MerkleHash PerfectSubtree(int level, long index);

/// <summary>
/// Merkle trees of RFC 9162 §2.1 (the same as RFC 6962's), of SHA-256. A tree of any size is made of perfect subtrees, which never change once they are
/// full; so whoever keeps those can give the root of every past size and every proof. A function that only notes what it is asked for tells which are needed.
/// </summary>
public static class MerkleTree
{
    private const byte LeafPrefix = 0x00, NodePrefix = 0x01;
    [ThreadStatic] private static IncrementalHash? hasher;

    /// <summary>Of the tree without leaves: the hash of nothing.</summary>
    public static readonly MerkleHash Empty = MerkleHash.Of(SHA256.HashData([]));

    public static MerkleHash Leaf(ReadOnlySpan<byte> entry)
    {
        var hash = Begin();
        hash.AppendData([LeafPrefix]);
        hash.AppendData(entry);
        return End(hash);
    }

    public static MerkleHash Node(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * MerkleHash.Bytes];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + MerkleHash.Bytes)..]);
        var hash = Begin();
        hash.AppendData(input);
        return End(hash);
    }

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static MerkleHash Root(long size, PerfectSubtree of) => size == 0 ? Empty : Range(0, size, of);

    public static MerkleHash Root(IEnumerable<MerkleHash> leaves)
    {
        var range = new CompactRange();
        foreach (var leaf in leaves) range.Append(leaf);
        return range.Root;
    }

    /// <summary>That a leaf is in the tree of <paramref name="size"/> leaves (§2.1.3.1): the hashes from beside the leaf up to below the root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static List<MerkleHash> Inclusion(long leaf, long size, PerfectSubtree of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, size);
        var proof = new List<MerkleHash>();
        for (var (from, to) = (0L, size); to - from > 1;)
        {
            var middle = from + Split(to - from);
            if (leaf < middle)
            {
                proof.Add(Range(middle, to, of));
                to = middle;
            }
            else
            {
                proof.Add(Range(from, middle, of));
                from = middle;
            }
        }
        proof.Reverse();
        return proof;
    }

    /// <summary>That the tree of <paramref name="size"/> leaves begins with the tree of <paramref name="past"/> leaves (§2.1.4.1). Empty when there is nothing to prove.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="past"/> is negative or larger than <paramref name="size"/>.</exception>
    public static List<MerkleHash> Consistency(long past, long size, PerfectSubtree of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(past);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(past, size);
        var proof = new List<MerkleHash>();
        if (past == 0 || past == size) return proof;
        var (from, to) = (0L, size);
        while (past != to)
        {
            var middle = from + Split(to - from);
            if (past <= middle)
            {
                proof.Add(Range(middle, to, of));
                to = middle;
            }
            else
            {
                proof.Add(Range(from, middle, of));
                from = middle;
            }
        }
        // The past root is known to the verifier where it is itself a subtree from the beginning.
        if (from > 0) proof.Add(Range(from, to, of));
        proof.Reverse();
        return proof;
    }

    private static MerkleHash Range(long from, long to, PerfectSubtree of)
    {
        var size = to - from;
        if (BitOperations.IsPow2(size)) return of(BitOperations.TrailingZeroCount(size), from / size);
        var middle = from + Split(size);
        return Node(Range(from, middle, of), Range(middle, to, of));
    }

    // The largest power of two below the size.
    private static long Split(long size) => 1L << BitOperations.Log2((ulong)(size - 1));

    // One of each thread is used again: to set one up costs as much as to hash a node.
    private static IncrementalHash Begin() => hasher ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private static MerkleHash End(IncrementalHash of)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Bytes];
        of.GetHashAndReset(hash);
        return MerkleHash.Of(hash);
    }
}
