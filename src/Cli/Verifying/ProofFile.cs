using System.Text.Json;
using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>A proof as the API gives it: that one event is in the log, or that a log of one size is the beginning of a larger one. It needs no history.</summary>
internal static class ProofFile
{
    /// <param name="checkpoints">Of the sizes that it is about.</param>
    /// <param name="lines">Where the event of a proof of inclusion is to be found; it is enough that it is one of them.</param>
    /// <returns>What is proven, in a sentence.</returns>
    /// <exception cref="NotSigned">It proves nothing.</exception>
    /// <exception cref="Failure">It is no proof.</exception>
    public static string Check(string text, IReadOnlyList<KnownCheckpoint> checkpoints, ExportLines lines)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.TryGetProperty("leaf_index", out _) ? Inclusion(json.RootElement, checkpoints, lines) : Consistency(json.RootElement, checkpoints);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or ArgumentException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failure.Usage($"the proof cannot be read: {Readable.Line(fault.Message)}");
        }
    }

    private static string Inclusion(JsonElement proof, IReadOnlyList<KnownCheckpoint> checkpoints, ExportLines lines)
    {
        var (index, size, leaf) = (proof.GetProperty("leaf_index").GetInt64(), proof.GetProperty("size").GetInt64(), Hash(proof.GetProperty("leaf_hash")));
        var known = Of(size, checkpoints);
        if (Event(leaf, lines) is not { } found) throw Fails("none of the events given has the leaf that it is about.");
        if (!MerkleProof.Includes(leaf, index, size, Hashes(proof), known.Checkpoint.Root)) throw Fails($"it does not lead to the root of {known.File}.");
        return $"Event {found} (id {found.Id}) is number {index} of the {size} that {string.Join(", ", known.SignedBy)} signed.";
    }

    private static string Consistency(JsonElement proof, IReadOnlyList<KnownCheckpoint> checkpoints)
    {
        var (past, now) = (Of(proof.GetProperty("from").GetInt64(), checkpoints), Of(proof.GetProperty("to").GetInt64(), checkpoints));
        if (!MerkleProof.Extends(past.Checkpoint.Size, past.Checkpoint.Root, now.Checkpoint.Size, now.Checkpoint.Root, Hashes(proof)))
            throw Fails($"the log of {now.File} does not begin with that of {past.File}.");
        return $"The log of {now.Checkpoint.Size} events begins with that of {past.Checkpoint.Size}: it was only added to.";
    }

    private static NamedEvent? Event(in MerkleHash leaf, ExportLines lines)
    {
        var canonical = new CanonicalEvent();
        while (lines.Next(out var line))
            if (MerkleTree.Leaf(canonical.Read(line, out var found)) == leaf) return NamedEvent.Of(found);
        return null;
    }

    private static KnownCheckpoint Of(long size, IReadOnlyList<KnownCheckpoint> checkpoints) =>
        checkpoints.FirstOrDefault(c => c.Checkpoint.Size == size) ?? throw Fails($"it is about {size} events, and no checkpoint of that size was given.");

    private static MerkleHash[] Hashes(JsonElement proof) => [.. proof.GetProperty("proof").EnumerateArray().Select(Hash)];

    private static MerkleHash Hash(JsonElement text) => MerkleHash.Of(Convert.FromBase64String(text.GetString()!));

    private static NotSigned Fails(string why) => new(new(Reason.ProofFails, "The proof fails: " + why));
}
