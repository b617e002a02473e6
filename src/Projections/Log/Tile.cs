namespace EventMesh.Projections.Log;

/// <summary>
/// Where hashes are kept (https://c2sp.org/tlog-tiles): level 0 holds those of the leaves, and each further level the roots of perfect subtrees of 256 of the level below,
/// <see cref="Width"/> to a tile.
/// </summary>
public static class Tile
{
    public const int Width = 256;

    /// <summary>How many levels of the tree one level of tiles spans.</summary>
    public const int Height = 8;

    /// <summary>Where the hash of a perfect subtree is, or those that it is made of.</summary>
    /// <param name="height">Of the subtree: it has 2^height leaves.</param>
    /// <param name="index">Of the subtree among those of its height.</param>
    /// <returns>The level of tiles, the index of the first hash in it, and of how many.</returns>
    internal static (short Level, long First, int Count) Of(int height, long index) => ((short)(height / Height), index << (height % Height), 1 << (height % Height));

    /// <summary>The index of the first hash of the tile that holds <paramref name="index"/>.</summary>
    internal static long Begin(long index) => index & -Width;
}
