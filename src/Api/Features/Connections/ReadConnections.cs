using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.Projections.Health;

namespace EventMesh.Api.Features.Connections;

public static class ReadConnections
{
    public const string Missing = "There is no such connection.";

    private static readonly IReadOnlyList<string> Circuits = [.. EventTypes.Of(typeof(CircuitEvent)).Aliases];

    public static void Map(RouteGroupBuilder connections)
    {
        connections.MapGet("", List).Needs(Permission.ReadConnections).WithPages().WithMoment().WithName("listConnections").WithSummary("List the connections, oldest first");
        connections.MapGet("/{id}", One).Needs(Permission.ReadConnections).WithMoment().WithName("getConnection").WithSummary("Read a connection");
    }

    private static async Task<Listed<ConnectionView>> List(Page page, Call call, Store store, Moment moment, Plans plans, HttpContext context)
    {
        var found = await moment.List<Connection, ConnectionEvent, ConnectionView>(
            "con_", page, Connection.Initial, Connection.Evolve, ConnectionView.Of, context.RequestAborted);
        return page.Of(await Shown(found, call, store, moment, plans, context.RequestAborted), c => c.Id);
    }

    private static async Task<ConnectionView> One(string id, Call call, Store store, Moment moment, Plans plans, HttpContext context)
    {
        Streams.Named(call, id, "con_", Missing);
        var (state, version) = await moment.Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        var view = ConnectionView.Of(id, version, state) ?? throw ProblemAnswer.Missing(Missing);
        return (await Shown([view], call, store, moment, plans, context.RequestAborted))[0];
    }

    /// <summary>With what was the circuit's state then. How a connection fares is known of today alone.</summary>
    private static async Task<List<ConnectionView>> Shown(IReadOnlyList<ConnectionView> views, Call call, Store store, Moment moment, Plans plans, CancellationToken stop)
    {
        if (!moment.IsPast) return await Shown(views, call, store, stop);
        var then = await moment.Past!.Workspace(plans, Circuits, stop);
        return [.. views.Select(v => v with { Circuit = CircuitView.Of(then, v.Id, moment.Time) })];
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
