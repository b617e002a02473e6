namespace EventMesh.Domain.Log;

/// <summary>What somebody checks who has no tree, only roots and a proof: RFC 9162 §2.1.3.2 and §2.1.4.2. Nothing given to it makes it throw.</summary>
public static class MerkleProof
{
    /// <summary>Whether the proof leads from this leaf, at this place, to this root.</summary>
    public static bool Includes(in MerkleHash leaf, long index, long size, IReadOnlyList<MerkleHash> proof, in MerkleHash root)
    {
        if (index < 0 || index >= size) return false;
        var (place, last, node) = (index, size - 1, leaf);
        foreach (var beside in proof)
        {
            if (last == 0) return false;
            if ((place & 1) == 1 || place == last)
            {
                node = MerkleTree.Node(beside, node);
                // A node without a right neighbour rises until it has one on its left.
                while ((place & 1) == 0 && place != 0) (place, last) = (place >> 1, last >> 1);
            }
            else node = MerkleTree.Node(node, beside);
            (place, last) = (place >> 1, last >> 1);
        }
        return last == 0 && node == root;
    }

    /// <summary>Whether the tree of <paramref name="size"/> leaves with <paramref name="root"/> begins with that of <paramref name="past"/> leaves with <paramref name="pastRoot"/>.</summary>
    public static bool Extends(long past, in MerkleHash pastRoot, long size, in MerkleHash root, IReadOnlyList<MerkleHash> proof)
    {
        if (past < 0 || past > size) return false;
        if (past == size) return proof.Count == 0 && pastRoot == root;
        if (past == 0) return proof.Count == 0 && pastRoot == MerkleTree.Empty;

        var (place, last) = (past - 1, size - 1);
        while ((place & 1) == 1) (place, last) = (place >> 1, last >> 1);
        // The past tree is perfect: then its root begins the proof, which therefore leaves it out.
        var next = 0;
        if (place > 0 && proof.Count == 0) return false;
        var (before, now) = place > 0 ? (proof[next], proof[next++]) : (pastRoot, pastRoot);
        for (; next < proof.Count; next++)
        {
            if (last == 0) return false;
            var beside = proof[next];
            if ((place & 1) == 1 || place == last)
            {
                (before, now) = (MerkleTree.Node(beside, before), MerkleTree.Node(beside, now));
                while ((place & 1) == 0 && place != 0) (place, last) = (place >> 1, last >> 1);
            }
            else now = MerkleTree.Node(now, beside);
            (place, last) = (place >> 1, last >> 1);
        }
        return last == 0 && before == pastRoot && now == root;
    }
}
