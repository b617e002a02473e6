using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

/// <summary>Gives a connection a credential, the first or another: what was there before is used no more and its secret part destroyed.</summary>
public static class SetCredential
{
    public static void Map(RouteGroupBuilder connections) => connections.MapPut("/{id}/credential", Handle)
        .Needs(Permission.WriteConnections).WithIfMatch().WithName("setCredential").WithSummary("Give a connection a credential, or rotate it; its secret part is never shown")
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<CredentialView> Handle(string id, Body<CredentialFields> body, Call call, Store store, IndexFollower index, AddressGuard guard, Providers providers, HttpContext context)
    {
        var stop = context.RequestAborted;
        var workspace = store.For(call.Workspace.Id);
        var secret = call.NewId("sec_");
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var (former, version) = await workspace.Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, stop);

        var checks = new Checks();
        var credential = body.Value.Validated(guard, providers, checks, "");
        checks.Done();
        var command = credential!.As(secret, call.Now);
        // What will be refused is not kept first.
        var expected = ETag.Expected(context.Request);
        if (expected is { } wanted && wanted != version) throw new VersionConflict(call.Workspace.Id, id, wanted, version);
        ConnectionDecider.Decide(command, former);

        await credential.Keep(workspace, id, secret, call.Now, stop);
        var decided = await workspace.Decide<Connection, ConnectionEvent>(
            id, "connection", Connection.Initial, Connection.Evolve,
            s => ConnectionDecider.Decide(command, former = s), call.Metadata(), expected, stop);
        await index.Reach(decided.Position, stop);
        await FormerValues.Destroy(workspace, id, former, decided.State, call.Now, stop);
        ETag.Set(context.Response, decided.Version);
        return CredentialView.Of(decided.State.Credential);
    }
}
