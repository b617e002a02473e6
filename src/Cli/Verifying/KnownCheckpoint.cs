using System.Text.Json;
using EventMesh.Connectors;
using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>A checkpoint that a pinned key signed.</summary>
/// <param name="File">Where it was read.</param>
/// <param name="SignedBy">Names of the pinned keys that signed it.</param>
internal sealed record KnownCheckpoint(string File, Checkpoint Checkpoint, IReadOnlyList<string> SignedBy)
{
    /// <summary>Whether the history's root was this one's when it had its size; null while it has not been.</summary>
    public bool? Fits { get; set; }

    /// <summary>The checkpoints of files, smallest first. A file holds one signed note, or JSON with notes, as the list of checkpoints gives them.</summary>
    /// <exception cref="NotSigned">One is not a checkpoint that a pinned key signed, or they are not all of one log.</exception>
    /// <exception cref="Failure">A file cannot be read.</exception>
    public static List<KnownCheckpoint> Read(IReadOnlyList<string> files, IReadOnlyList<NoteKey> keys, Terminal terminal)
    {
        var known = files.SelectMany(file => Notes(OpenFile.Text(file, terminal)).Select(note => Of(file, note, keys)))
            .OrderBy(c => c.Checkpoint.Size).ToList();
        foreach (var (one, other) in known.Zip(known.Skip(1)))
        {
            if (one.Checkpoint.Origin != other.Checkpoint.Origin)
                throw new NotSigned(new(Reason.CheckpointOfAnotherLog, $"{one.File} is of {one.Checkpoint.Origin}, {other.File} of {other.Checkpoint.Origin}: they are not of one log."));
            if (one.Checkpoint.Size == other.Checkpoint.Size && one.Checkpoint.Root != other.Checkpoint.Root)
                throw new NotSigned(new(Reason.CheckpointsContradict, $"{one.File} and {other.File} are both of {one.Checkpoint.Size} events and have different roots: the log was shown in two forms."));
        }
        return known;
    }

    private static KnownCheckpoint Of(string file, string text, IReadOnlyList<NoteKey> keys)
    {
        try
        {
            var note = SignedNote.Parse(text);
            var signed = note.Verify(keys, (key, message, signature) => Ed25519.Verify(key, message, signature));
            if (signed.Count == 0) throw new FormatException($"no pinned key signed it; {string.Join(", ", note.Signatures.Select(s => s.Name).Distinct())} did.");
            return new(file, Checkpoint.Parse(note.Text), [.. signed.Select(k => k.Name)]);
        }
        catch (FormatException fault)
        {
            throw new NotSigned(new(Reason.CheckpointUnsigned, $"{file} proves nothing: {fault.Message}"));
        }
    }

    private static IReadOnlyList<string> Notes(string text)
    {
        if (!text.TrimStart().StartsWith('{')) return [text];
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.TryGetProperty("items", out var items) ? [.. items.EnumerateArray().Select(i => i.GetProperty("note").GetString()!)] : [json.RootElement.GetProperty("note").GetString()!];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [text];
        }
    }
}

/// <summary>Something that ought to be signed is not, so that nothing can be checked against it.</summary>
internal sealed class NotSigned(Misfit misfit) : Exception(misfit.Why)
{
    public Misfit Misfit => misfit;
}
