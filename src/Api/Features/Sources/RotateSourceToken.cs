using EventMesh.Api.Edge;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Sources;

/// <summary>For an address that others have seen: the former one answers 404 at once.</summary>
public static class RotateSourceToken
{
    /// <param name="ReceiveAt">The new path to give to the provider: here and never again.</param>
    public sealed record Response(string Id, string ReceiveAt, long Version)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"RotateSourceToken {Id}";
    }

    public static void Map(RouteGroupBuilder sources) => sources.MapPost("/{id}/rotate-token", Handle)
        .Needs(Permission.WriteSources).WithName("rotateSourceToken").WithSummary("Give a source a new address; the former one ends at once");

    private static async Task<Response> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "src_", ReadSources.Missing);
        var token = SourceToken.New();
        var command = new SourceCommand.RotateToken(token.Sha256, call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Source, SourceEvent>(
            id, "source", Source.Initial, Source.Evolve, s => SourceDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        return new(id, token.Path, decided.Version);
    }
}
