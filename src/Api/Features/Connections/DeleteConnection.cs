using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

public static class DeleteConnection
{
    public static void Map(RouteGroupBuilder connections) => connections.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteConnections).WithIfMatch().WithName("deleteConnection").WithSummary("Delete a connection; what still waits for it is discarded")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var command = new ConnectionCommand.DeleteConnection(call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Connection, ConnectionEvent>(
            id, "connection", Connection.Initial, Connection.Evolve, s => ConnectionDecider.Decide(command, s), call.Metadata(),
            ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
