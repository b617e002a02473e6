using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

/// <summary>Takes a connection's credential back: from the next attempt on nothing is sent, until somebody sets another.</summary>
public static class RevokeCredential
{
    public static void Map(RouteGroupBuilder connections) => connections.MapDelete("/{id}/credential", Handle)
        .Needs(Permission.WriteConnections).WithIfMatch().WithName("revokeCredential").WithSummary("Revoke a connection's credential: its secret part is destroyed, and nothing is sent until another is set")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var stop = context.RequestAborted;
        var workspace = store.For(call.Workspace.Id);
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var command = new ConnectionCommand.RevokeCredential(CredentialRevokedBecause.Asked, call.Now);
        var former = Connection.Initial;
        var decided = await workspace.Decide<Connection, ConnectionEvent>(
            id, "connection", Connection.Initial, Connection.Evolve, s => ConnectionDecider.Decide(command, former = s), call.Metadata(), ETag.Expected(context.Request), stop);
        await index.Reach(decided.Position, stop);
        await FormerValues.Destroy(workspace, id, former, decided.State, call.Now, stop);
        ETag.Set(context.Response, decided.Version);
        return Results.NoContent();
    }
}
