using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Log;

/// <summary>The proof that a log of one size is the beginning of the same log of another (RFC 9162 §2.1.4).</summary>
public static class ProveConsistency
{
    /// <param name="Proof">Hashes in base64; none when both are the same.</param>
    /// <param name="FromCheckpoint">The checkpoint of that size; null when none was signed of it.</param>
    /// <param name="ToCheckpoint">The checkpoint of that size; null when none was signed of it.</param>
    public sealed record ConsistencyView(long From, long To, IReadOnlyList<string> Proof, string? FromCheckpoint, string? ToCheckpoint);

    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder platform)
    {
        Map(workspace, Permission.ReadProof, "proveConsistency", "Prove that the workspace's log has only grown");
        Map(platform, Permission.ReadPlatformHistory, "provePlatformConsistency", "Prove that the log of the platform's own history has only grown");
    }

    private static void Map(RouteGroupBuilder log, Permission permission, string name, string summary) => log.MapGet("/consistency", Handle)
        .Needs(permission).WithName(name).WithSummary(summary)
        .WithQuery("from", JsonSchemaType.Integer, "How many leaves the log had.")
        .WithQuery("to", JsonSchemaType.Integer, "How many it had later; those of the newest checkpoint when left out.")
        .WithProblem(StatusCodes.Status409Conflict);

    private static async Task<ConsistencyView> Handle(Call call, Store store, FreshCheckpoint fresh, HttpContext context)
    {
        var (workspace, stop) = (LogQuery.Of(call, store), context.RequestAborted);
        var from = LogQuery.Number(context, "from", 1) ?? throw Problem.InvalidRequest.At("from", "is required");
        var asked = LogQuery.Number(context, "to", 1);
        if (asked < from) throw Problem.InvalidRequest.At("to", "must not be less than from");
        var size = (await fresh.Head(workspace, stop)).State.Size;
        if (from > size) throw LogQuery.Beyond("from", size);
        if (asked > size) throw LogQuery.Beyond("to", size);

        var to = asked is { } exactly ? await ReadCheckpoints.OfSize(workspace, exactly, stop) : await fresh.Of(workspace, from - 1, stop);
        var leaves = asked ?? to!.Size;
        var proof = await LogTree.Compute(workspace, of => MerkleTree.Consistency(from, leaves, of), stop);
        return new(from, leaves, [.. proof.Select(h => h.ToBase64())], (await ReadCheckpoints.OfSize(workspace, from, stop))?.Note, to?.Note);
    }
}
