using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Log;

/// <summary>The proof that an event is in the log (RFC 9162 §2.1.3).</summary>
public static class ProveInclusion
{
    private const int StreamCharsMax = 128;

    /// <param name="LeafIndex">Which leaf the event is, from 0.</param>
    /// <param name="LeafHash">In base64: SHA-256 of a nought byte and the event's canonical form.</param>
    /// <param name="Size">Of the tree that the proof leads to the root of.</param>
    /// <param name="Proof">Hashes in base64, from beside the leaf up to below the root.</param>
    /// <param name="Checkpoint">That of this size; null when none was signed of exactly that size.</param>
    public sealed record InclusionView(string Stream, long Version, long LeafIndex, string LeafHash, long Size, IReadOnlyList<string> Proof, string? Checkpoint);

    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder platform)
    {
        Map(workspace, Permission.ReadProof, "proveInclusion", "Prove that an event is in the workspace's log");
        Map(platform, Permission.ReadPlatformHistory, "provePlatformInclusion", "Prove that an event is in the log of the platform's own history");
    }

    private static void Map(RouteGroupBuilder log, Permission permission, string name, string summary) => log.MapGet("/inclusion", Handle)
        .Needs(permission).WithName(name).WithSummary(summary)
        .WithQuery("stream", JsonSchemaType.String, "The event's stream.")
        .WithQuery("version", JsonSchemaType.Integer, "Its version, its place in the stream from 1.")
        .WithQuery("size", JsonSchemaType.Integer, "How many leaves of the log the proof is for; those of the newest checkpoint when left out.")
        .WithProblem(StatusCodes.Status409Conflict);

    private static async Task<InclusionView> Handle(Call call, Store store, FreshCheckpoint fresh, HttpContext context)
    {
        var (workspace, stop) = (LogQuery.Of(call, store), context.RequestAborted);
        var (stream, version, size) = Asked(context);
        var leaf = await FindLeaf.Of(workspace, stream, version, stop) switch
        {
            FoundLeaf.At at => at.Index,
            FoundLeaf.NotYet => throw LogQuery.NotYet("The event"),
            FoundLeaf.NoSuchStream => throw Problem.NotFound.At("stream", "is no stream of this workspace"),
            FoundLeaf.NoSuchVersion => throw Problem.NotFound.At("version", "is none that the stream has"),
            var other => throw new InvalidOperationException($"No answer for {other.GetType().Name}."),
        };
        if (size <= leaf) throw Problem.InvalidRequest.At("size", FormattableString.Invariant($"leaves the event out, which is leaf {leaf}; it must be {leaf + 1} or more"));
        if (size is { } asked && await fresh.Head(workspace, stop) is var head && asked > head.State.Size) throw LogQuery.Beyond("size", head.State.Size);

        var checkpoint = size is { } exactly ? await ReadCheckpoints.OfSize(workspace, exactly, stop) : await fresh.Of(workspace, leaf, stop);
        var leaves = size ?? checkpoint!.Size;
        var (hash, proof) = await LogTree.Compute(workspace, of => (of(0, leaf), MerkleTree.Inclusion(leaf, leaves, of)), stop);
        return new(stream, version, leaf, hash.ToBase64(), leaves, [.. proof.Select(h => h.ToBase64())], checkpoint?.Note);
    }

    private static (string Stream, long Version, long? Size) Asked(HttpContext context)
    {
        var checks = new Checks();
        var stream = context.Request.Query["stream"].ToString();
        if (stream.Length == 0) checks.Add("stream", "is required");
        else checks.That(stream.Length <= StreamCharsMax && Checks.IsText(stream), "stream", $"has at most {StreamCharsMax} characters and no control characters");
        if (context.Request.Query["version"].ToString().Length == 0) checks.Add("version", "is required");
        checks.Done();
        return (stream, LogQuery.Number(context, "version", 1)!.Value, LogQuery.Number(context, "size", 1));
    }
}
