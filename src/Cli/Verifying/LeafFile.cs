using System.Text.Json;
using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>
/// The hashes of a log's leaves. They name the event that does not fit where roots alone only say that one does not. They are believed as far as they lead
/// to the roots of the checkpoints, and no further.
/// </summary>
internal static class LeafFile
{
    private const int HexChars = 2 * MerkleHash.Bytes;

    /// <param name="files">A hash a line, hexadecimal or base64; or the pages of the API, one JSON object a line.</param>
    /// <exception cref="Failure">A file cannot be read or holds something else.</exception>
    public static List<MerkleHash> Read(IReadOnlyList<string> files, Terminal terminal)
    {
        var leaves = new List<MerkleHash>();
        using var lines = new ExportLines(files, terminal);
        while (lines.Next(out var line))
        {
            try
            {
                if (line[0] == (byte)'{') Page(line, leaves);
                else leaves.Add(Hash(System.Text.Encoding.ASCII.GetString(line)));
            }
            catch (Exception fault) when (fault is FormatException or ArgumentException or JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw Failure.Usage($"line {lines.Number} of {Readable.Line(lines.File)} is no hash of a leaf: {fault.Message}");
            }
        }
        return leaves;
    }

    private static void Page(ReadOnlySpan<byte> line, List<MerkleHash> leaves)
    {
        using var page = JsonDocument.Parse(line.ToArray());
        var from = page.RootElement.GetProperty("from").GetInt64();
        if (from != leaves.Count) throw new FormatException($"the page begins with leaf {from}, but {leaves.Count} should come next.");
        foreach (var hash in page.RootElement.GetProperty("leaves").EnumerateArray()) leaves.Add(Hash(hash.GetString()!));
    }

    private static MerkleHash Hash(string text) => MerkleHash.Of(text.Length == HexChars ? Convert.FromHexString(text) : Convert.FromBase64String(text));

    /// <summary>How many of the leaves, from the first, checkpoints vouch for.</summary>
    /// <param name="against">The first checkpoint that the leaves do not lead to; null when they lead to all that they reach.</param>
    public static int Proven(List<MerkleHash> leaves, IReadOnlyList<KnownCheckpoint> checkpoints, out KnownCheckpoint? against)
    {
        var (tree, proven) = (new CompactRange(), 0);
        foreach (var known in checkpoints)
        {
            if (known.Checkpoint.Size > leaves.Count) break;
            while (tree.Size < known.Checkpoint.Size) tree.Append(leaves[(int)tree.Size]);
            if (tree.Root != known.Checkpoint.Root)
            {
                against = known;
                return proven;
            }
            proven = (int)known.Checkpoint.Size;
        }
        against = null;
        return proven;
    }
}
