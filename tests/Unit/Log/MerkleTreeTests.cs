using EventMesh.Domain.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Log;

public class MerkleTreeTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300);
    private static readonly MerkleHash[] Leaves = Trees.Many(300);

    [Fact]
    public void The_roots_are_those_of_certificate_transparency()
    {
        for (var size = 0; size <= 8; size++)
        {
            Assert.Equal(Trees.Roots[size], MerkleTree.Root(Trees.Leaves[..size]));
            Assert.Equal(Trees.Roots[size], MerkleTree.Root(size, Trees.Over(Trees.Leaves)));
        }
    }

    [Fact]
    public void So_are_proofs_of_inclusion()
    {
        Assert.Empty(MerkleTree.Inclusion(0, 1, Trees.Over(Trees.Leaves)));
        Assert.Equal(Trees.Hashes(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"), MerkleTree.Inclusion(0, 8, Trees.Over(Trees.Leaves)));
        Assert.Equal(Trees.Hashes(
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"), MerkleTree.Inclusion(5, 8, Trees.Over(Trees.Leaves)));
        Assert.Equal([Trees.Roots[2]], MerkleTree.Inclusion(2, 3, Trees.Over(Trees.Leaves)));
    }

    [Fact]
    public void So_are_proofs_of_consistency()
    {
        Assert.Empty(MerkleTree.Consistency(1, 1, Trees.Over(Trees.Leaves)));
        Assert.Equal(Trees.Hashes(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"), MerkleTree.Consistency(1, 8, Trees.Over(Trees.Leaves)));
        Assert.Equal(Trees.Hashes(
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"), MerkleTree.Consistency(6, 8, Trees.Over(Trees.Leaves)));
        Assert.Equal(Trees.Hashes(
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"), MerkleTree.Consistency(2, 5, Trees.Over(Trees.Leaves)));
    }

    [Fact]
    public void Every_leaf_of_every_tree_proves_that_it_is_there_and_nothing_else_does() => Prop.ForAll(Sizes.ToArbitrary(), given =>
    {
        var (leaf, size, bit) = (given.Smaller, given.Size, given.Bit);
        var (of, root) = (Trees.Over(Leaves), MerkleTree.Root(Leaves[..size]));
        var proof = MerkleTree.Inclusion(leaf, size, of);
        Assert.True(MerkleProof.Includes(Leaves[leaf], leaf, size, proof, root));
        Assert.False(MerkleProof.Includes(Trees.Flipped(Leaves[leaf], bit), leaf, size, proof, root));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf, size, proof, Trees.Flipped(root, bit)));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf + 1, size, proof, root));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf - 1, size, proof, root));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf, size, [.. proof, root], root));
        if (proof.Count == 0) return;
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf, size, proof[1..], root));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf, size, proof[..^1], root));
        Assert.False(MerkleProof.Includes(Leaves[leaf], leaf, size, Changed(proof, bit), root));
    }).Check(Often);

    [Fact]
    public void Every_tree_proves_that_it_begins_with_every_tree_before_it_and_with_no_other() => Prop.ForAll(Sizes.ToArbitrary(), given =>
    {
        var (past, size, bit) = (given.Smaller, given.Size, given.Bit);
        var (pastRoot, root) = (MerkleTree.Root(Leaves[..past]), MerkleTree.Root(Leaves[..size]));
        var proof = MerkleTree.Consistency(past, size, Trees.Over(Leaves));
        Assert.True(MerkleProof.Extends(past, pastRoot, size, root, proof));
        Assert.False(MerkleProof.Extends(past, Trees.Flipped(pastRoot, bit), size, root, proof));
        Assert.False(MerkleProof.Extends(past, pastRoot, size, root, [.. proof, root]));
        Assert.False(MerkleProof.Extends(size, root, past, pastRoot, proof));
        if (past > 0) Assert.False(MerkleProof.Extends(past, pastRoot, size, Trees.Flipped(root, bit), proof));
        if (proof.Count == 0) return;
        Assert.False(MerkleProof.Extends(past, pastRoot, size, root, proof[1..]));
        Assert.False(MerkleProof.Extends(past, pastRoot, size, root, proof[..^1]));
        Assert.False(MerkleProof.Extends(past, pastRoot, size, root, Changed(proof, bit)));
    }).Check(Often);

    [Fact]
    public void A_tree_goes_on_from_what_it_kept()
    {
        var whole = new CompactRange();
        for (var size = 0; size < 200; size++)
        {
            var resumed = new CompactRange(size, whole.Peaks);
            Assert.Equal(MerkleTree.Root(size, Trees.Over(Leaves)), resumed.Root);
            whole.Append(Leaves[size]);
            resumed.Append(Leaves[size]);
            Assert.Equal(whole.Root, resumed.Root);
            Assert.Equal(size + 1, resumed.Size);
        }
        Assert.Throws<ArgumentException>(() => new CompactRange(3, [Leaves[0]]));
    }

    [Fact]
    public void There_is_no_proof_of_what_is_not_there()
    {
        var of = Trees.Over(Leaves);
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Inclusion(8, 8, of));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Inclusion(-1, 8, of));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Consistency(9, 8, of));
        Assert.False(MerkleProof.Extends(0, Leaves[0], 8, Trees.Roots[8], []));
        Assert.False(MerkleProof.Includes(Leaves[0], 0, 0, [], MerkleTree.Empty));
    }

    private sealed record Given(int Smaller, int Size, int Bit);

    private static Gen<Given> Sizes => Gen.Choose(1, Leaves.Length).SelectMany(size => Gen.Choose(0, size - 1), (size, smaller) => (size, smaller)).SelectMany(s => Gen.Choose(0, 10_000), (s, bit) => new Given(s.smaller, s.size, bit));

    private static List<MerkleHash> Changed(List<MerkleHash> proof, int bit) => [.. proof.Select((hash, i) => i == bit % proof.Count ? Trees.Flipped(hash, bit) : hash)];
}
