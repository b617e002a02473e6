using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>The public keys that the reader trusts because they were pinned earlier, not because the server shows them now.</summary>
internal static class PinnedKeys
{
    /// <param name="given">Verifier keys (<c>name+hash+base64</c>), or files that hold one a line.</param>
    /// <exception cref="Failure">None, or one that is no key.</exception>
    public static NoteKey[] Read(IReadOnlyList<string> given, Terminal terminal)
    {
        if (given.Count == 0) throw Failure.Usage("whose signature?", "Give the public key that you pinned with --key name+hash+base64, or a file that holds it.");
        return [.. given.SelectMany(g => IsKey(g) ? [g] : OpenFile.Text(g, terminal).Split('\n')).Select(l => l.Trim()).Where(l => l.Length > 0).Select(Parse)];
    }

    private static bool IsKey(string text) => text.Split('+', 3) is [{ Length: > 0 }, { Length: 8 }, { Length: > 0 }];

    private static NoteKey Parse(string text)
    {
        try
        {
            return NoteKey.Parse(text);
        }
        catch (FormatException fault)
        {
            throw Failure.Usage($"`{Readable.Line(text, 120)}` is no public key: {fault.Message}");
        }
    }
}
