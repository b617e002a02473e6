using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Sources;

public static class DeleteSource
{
    public static void Map(RouteGroupBuilder sources) => sources.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteSources).WithIfMatch().WithName("deleteSource").WithSummary("Delete a source; its address answers 404 from then on")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "src_", ReadSources.Missing);
        var command = new SourceCommand.DeleteSource(call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Source, SourceEvent>(
            id, "source", Source.Initial, Source.Evolve, s => SourceDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
