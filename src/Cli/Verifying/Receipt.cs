using EventMesh.Connectors;
using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>What the platform signed that it destroyed: a note whose text names its kind in the first line and goes on with <c>key: value</c> lines.</summary>
/// <param name="Facts">In the order of the receipt.</param>
internal sealed record Receipt(IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<string> SignedBy)
{
    public const string Kind = "eventmesh purge receipt v1";

    /// <exception cref="NotSigned">It is no receipt that a pinned key signed.</exception>
    public static Receipt Read(string file, string text, IReadOnlyList<NoteKey> keys)
    {
        try
        {
            var note = SignedNote.Parse(text);
            var signed = note.Verify(keys, (key, message, signature) => Ed25519.Verify(key, message, signature));
            if (signed.Count == 0) throw new NotSigned(new(Reason.ReceiptUnsigned, $"{file} proves nothing: no pinned key signed it."));
            var lines = note.Text.TrimEnd('\n').Split('\n');
            if (lines[0] != Kind) throw new NotSigned(new(Reason.ReceiptUnreadable, $"{file} is signed, but it is no purge receipt: its first line is not '{Kind}'."));
            return new([.. lines[1..].Where(l => l.Length > 0).Select(Fact)], [.. signed.Select(k => k.Name)]);
        }
        catch (FormatException fault)
        {
            throw new NotSigned(new(Reason.ReceiptUnsigned, $"{file} proves nothing: {fault.Message}"));
        }
    }

    private static (string, string) Fact(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 ? (line[..colon], line[(colon + 2)..]) : throw new FormatException($"the line '{line}' is not 'key: value'.");
    }
}
