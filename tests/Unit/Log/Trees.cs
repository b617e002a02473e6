using EventMesh.Domain.Log;

namespace EventMesh.Tests.Unit.Log;

/// <summary>The tree that the reference implementation of certificate transparency tests itself with: eight leaves, the roots of their first n, and proofs.</summary>
internal static class Trees
{
    public static readonly MerkleHash[] Leaves =
        [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(l => MerkleTree.Leaf(Convert.FromHexString(l)))];

    public static readonly MerkleHash[] Roots =
    [.. new[]
    {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }.Select(Hash)];

    public static MerkleHash Hash(string hex) => MerkleHash.Of(Convert.FromHexString(hex));

    public static List<MerkleHash> Hashes(params string[] hex) => [.. hex.Select(Hash)];

    /// <summary>Made of its definition, so that it is known to be right: the tree over the leaves that the subtree spans.</summary>
    public static PerfectSubtree Over(IReadOnlyList<MerkleHash> leaves) =>
        (level, index) => level == 0 ? leaves[(int)index] : MerkleTree.Node(Over(leaves)(level - 1, 2 * index), Over(leaves)(level - 1, 2 * index + 1));

    public static MerkleHash[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.Leaf(BitConverter.GetBytes(i)))];

    /// <summary>The same hash but for one bit.</summary>
    public static MerkleHash Flipped(MerkleHash hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8 % MerkleHash.Bytes] ^= (byte)(1 << bit % 8);
        return MerkleHash.Of(bytes);
    }
}
