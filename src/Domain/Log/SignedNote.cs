using System.Buffers.Binary;
using System.Text;

namespace EventMesh.Domain.Log;

/// <summary>One line of signature: by whom, and the signature itself. What it is worth only <see cref="SignedNote.Verify"/> says.</summary>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// A text that is signed by one key or several (https://c2sp.org/signed-note): the text, an empty line, and a line for each signature,
/// <c>— name base64(key id ‖ signature)</c>. What signs and verifies is given: 64 bytes of Ed25519 over the text with its last newline.
/// </summary>
/// <param name="Text">Ends with a newline.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    public const int BytesMax = 1_000_000;
    public const int SignaturesMax = 100;
    private const string Dash = "— ";

    /// <summary>A note that <paramref name="key"/> signs; further signatures follow by <see cref="And"/>.</summary>
    /// <exception cref="ArgumentException">The text does not end with a newline or has another control character.</exception>
    public static SignedNote Sign(string text, NoteKey key, Func<byte[], byte[]> sign) =>
        IsText(text) ? new SignedNote(text, []).And(key, sign) : throw new ArgumentException("The text of a note ends with a newline and has no other control character.", nameof(text));

    public SignedNote And(NoteKey key, Func<byte[], byte[]> sign) => this with { Signatures = [.. Signatures, new(key.Name, key.Id, sign(Encoding.UTF8.GetBytes(Text)))] };

    /// <exception cref="FormatException">It is not a note.</exception>
    public static SignedNote Parse(string note)
    {
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (note.Length > BytesMax || end < 0 || !note.EndsWith('\n')) throw new FormatException("A signed note is a text, an empty line and lines of signatures, each ended by a newline.");
        var text = note[..(end + 1)];
        var lines = note[(end + 2)..].Split('\n')[..^1];
        if (!IsText(text)) throw new FormatException("The text of the note has a control character.");
        if (lines.Length is 0 or > SignaturesMax) throw new FormatException($"A signed note has 1 to {SignaturesMax} signatures.");
        return new(text, [.. lines.Select(ReadSignature)]);
    }

    /// <summary>The keys of <paramref name="trusted"/> that signed it. None: it is worth nothing.</summary>
    /// <param name="verify">Public key, message, signature.</param>
    /// <exception cref="FormatException">A signature under a trusted key's name and id is not that key's.</exception>
    public IReadOnlyList<NoteKey> Verify(IEnumerable<NoteKey> trusted, Func<byte[], byte[], byte[], bool> verify)
    {
        var message = Encoding.UTF8.GetBytes(Text);
        var signed = new List<NoteKey>();
        foreach (var key in trusted)
        {
            var own = Signatures.Where(s => s.Name == key.Name && s.KeyId == key.Id).ToArray();
            if (own.Any(s => !verify(key.PublicKey.ToArray(), message, s.Signature.ToArray()))) throw new FormatException($"The signature of {key.Name} ({key.Id:x8}) is false.");
            if (own.Length > 0) signed.Add(key);
        }
        return signed;
    }

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        Span<byte> id = stackalloc byte[4];
        foreach (var signature in Signatures)
        {
            BinaryPrimitives.WriteUInt32BigEndian(id, signature.KeyId);
            note.Append(Dash).Append(signature.Name).Append(' ').Append(Convert.ToBase64String([.. id, .. signature.Signature.Span])).Append('\n');
        }
        return note.ToString();
    }

    private static NoteSignature ReadSignature(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        return parts.Length == 2 && NoteKey.IsName(parts[0]) && NoteBase64.TryRead(parts[1], out var bytes) && bytes.Length > 4
            ? new(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4))
            : throw new FormatException("A line of signature reads '— name base64'.");
    }

    private static bool IsText(string text) => text.EndsWith('\n') && !text.Any(c => c < ' ' && c != '\n');
}
