using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Health;

namespace EventMesh.Api.Features.Connections;

public static class ReadConnections
{
    public const string Missing = "There is no such connection.";

    public static void Map(RouteGroupBuilder connections)
    {
        connections.MapGet("", List).Needs(Permission.ReadConnections).WithPages().WithName("listConnections").WithSummary("List the connections, oldest first");
        connections.MapGet("/{id}", One).Needs(Permission.ReadConnections).WithName("getConnection").WithSummary("Read a connection");
    }

    private static async Task<Listed<ConnectionView>> List(Page page, Call call, Store store, HttpContext context)
    {
        var found = await Streams.List<Connection, ConnectionEvent, ConnectionView>(
            store, call.Workspace.Id, "con_", page, Connection.Initial, Connection.Evolve, ConnectionView.Of, context.RequestAborted);
        return page.Of(await Shown(found, call, store, context.RequestAborted), c => c.Id);
    }

    private static async Task<ConnectionView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "con_", Missing);
        var (state, version) = await store.For(call.Workspace.Id).Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        var view = ConnectionView.Of(id, version, state) ?? throw ProblemAnswer.Missing(Missing);
        return (await Shown([view], call, store, context.RequestAborted))[0];
    }

    /// <summary>With what their own histories do not hold: circuit and health.</summary>
    public static async Task<List<ConnectionView>> Shown(IReadOnlyList<ConnectionView> views, Call call, Store store, CancellationToken stop)
    {
        var health = await ConnectionHealth.Of(store.For(call.Workspace.Id), views.Select(v => v.Id), stop);
        return [.. views.Select(v => health.GetValueOrDefault(v.Id) is var h ? v with
        {
            Circuit = CircuitView.Of(call.Workspace, v.Id, call.Now),
            FailingSince = h?.FailingSince, LastSuccessAt = h?.LastSuccessAt, LastFailureAt = h?.LastFailureAt,
        } : v)];
    }
}
