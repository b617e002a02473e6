using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Connections;

public static class ReadConnections
{
    public const string Missing = "There is no such connection.";

    public static void Map(RouteGroupBuilder connections)
    {
        connections.MapGet("", List).Needs(Permission.ReadConnections).WithPages().WithName("listConnections").WithSummary("List the connections, oldest first");
        connections.MapGet("/{id}", One).Needs(Permission.ReadConnections).WithName("getConnection").WithSummary("Read a connection");
    }

    private static async Task<Listed<ConnectionView>> List(Page page, Call call, Store store, HttpContext context) =>
        page.Of(await Streams.List<Connection, ConnectionEvent, ConnectionView>(
            store, call.Workspace.Id, "con_", page, Connection.Initial, Connection.Evolve,
            (id, version, state) => Shown(ConnectionView.Of(id, version, state), call), context.RequestAborted), c => c.Id);

    private static async Task<ConnectionView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "con_", Missing);
        var (state, version) = await store.For(call.Workspace.Id).Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return Shown(ConnectionView.Of(id, version, state), call) ?? throw ProblemAnswer.Missing(Missing);
    }

    /// <summary>With what the connection's history does not hold.</summary>
    public static ConnectionView? Shown(ConnectionView? view, Call call) => view is null ? null : view with { Circuit = CircuitView.Of(call.Workspace, view.Id, call.Now) };
}
