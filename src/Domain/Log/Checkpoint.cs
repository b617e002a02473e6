using System.Globalization;

namespace EventMesh.Domain.Log;

/// <summary>What a log was at a moment (https://c2sp.org/tlog-checkpoint): the text that is signed as a note.</summary>
/// <param name="Origin">Which log: <c>host/workspaces/{workspace}</c>.</param>
/// <param name="Size">How many leaves it had.</param>
/// <param name="Extensions">Further lines, which we write none of.</param>
public sealed record Checkpoint(string Origin, long Size, MerkleHash Root, IReadOnlyList<string> Extensions)
{
    public Checkpoint(string origin, long size, MerkleHash root) : this(origin, size, root, []) { }

    /// <summary>The origin of a workspace's log.</summary>
    /// <param name="host">The public host; <c>eventmesh</c> where none is set.</param>
    public static string OriginOf(string host, string workspace) => $"{host}/workspaces/{workspace}";

    /// <exception cref="FormatException">The text is no checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0 || lines[..^1].Any(l => l.Length == 0)) throw new FormatException("A checkpoint has an origin, a size and a root, each on a line of its own.");
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size.ToString(CultureInfo.InvariantCulture) != lines[1])
            throw new FormatException($"'{lines[1]}' is not the size of a log.");
        if (!NoteBase64.TryRead(lines[2], out var root) || root.Length != MerkleHash.Bytes) throw new FormatException($"'{lines[2]}' is not a root: 32 bytes in base64.");
        return new(lines[0], size, MerkleHash.Of(root), lines[3..^1]);
    }

    /// <summary>The text, each line ended by a newline.</summary>
    public override string ToString() => string.Concat(((string[])[Origin, Size.ToString(CultureInfo.InvariantCulture), Root.ToBase64(), .. Extensions]).Select(line => line + "\n"));
}
