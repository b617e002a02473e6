using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

public static class CloseCircuit
{
    private const int AttemptsMax = 5;
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    public static void Map(RouteGroupBuilder connections) => connections.MapPost("/{id}/circuit/close", Handle)
        .Needs(Permission.WriteConnections).WithName("closeCircuit").WithSummary("Send to a connection again now, without waiting for the probe of its circuit");

    private static async Task<CircuitView> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var stop = context.RequestAborted;
        for (var attempt = 1; ; attempt++)
        {
            await index.Fresh(LookTimeout, stop);
            var workspace = index.Index.Find(call.Workspace.Id) ?? call.Workspace;
            if (workspace.Connections.GetValueOrDefault(id) is not (Connection.Enabled or Connection.Disabled)) throw ProblemAnswer.Missing(ReadConnections.Missing);
            var (state, version) = workspace.Circuits.GetValueOrDefault(id, KnownCircuit.None);
            var happened = CircuitDecider.Decide(new CircuitCommand.CloseCircuit(id, CircuitClosedBecause.Asked, call.Now), state);
            if (happened.Length == 0) return CircuitView.Of(workspace, id, call.Now);
            try
            {
                var position = await store.For(call.Workspace.Id).Append(Circuit.StreamOf(id), "circuit", version, happened, call.Metadata(), null, stop);
                await index.Reach(position, stop);
                return CircuitView.Of(index.Index.Find(call.Workspace.Id)!, id, call.Now);
            }
            catch (VersionConflict) when (attempt < AttemptsMax)
            {
                // A probe has just ended: what it led to is looked at first.
            }
        }
    }
}
