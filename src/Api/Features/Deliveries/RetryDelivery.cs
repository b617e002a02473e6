using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

public static class RetryDelivery
{
    public sealed record Response(string Id, string Status);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapPost("/{id}/retry", Handle)
        .Needs(Permission.RetryDeliveries).WithName("retryDelivery").WithSummary("Send a delivery again, whatever became of it")
        .Produces<Response>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, Store store, FindDelivery find, TimeProvider clock, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", ReadDelivery.Missing);
        var found = await find.Run(call.Workspace.Id, id, context.RequestAborted);
        await RefuseInVain(store.For(call.Workspace.Id), found.Of.Connection, context.RequestAborted);
        var decided = await store.For(call.Workspace.Id).Decide<DeliveryState, DeliveryEvent>(
            id, "delivery", DeliveryState.Initial, DeliveryState.Evolve, Decide, call.Metadata(found.Of.Event), null, context.RequestAborted);

        // The time of the decision, not of the request: an automatic attempt may have become due while the delivery was looked for.
        DeliveryEvent[] Decide(DeliveryState state) => DeliveryDecider.Decide(new DeliveryCommand.RetryDelivery(found.Of, clock.GetUtcNow()), state);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/deliveries/{id}", new Response(id, DeliveryStates.Name(decided.State)));
    }

    // It would be discarded, and no longer be what it is now.
    private static async Task RefuseInVain(WorkspaceStore workspace, string connection, CancellationToken stop)
    {
        var (to, _) = await workspace.Fold<Connection, ConnectionEvent>(connection, Connection.Initial, Connection.Evolve, stop);
        if (to is Connection.Disabled) throw Problem.Conflict.With("Its connection is disabled, so nothing would be sent; enable it and ask again.");
        if (to is not Connection.Enabled) throw Problem.Conflict.With("Its connection was deleted; there is nowhere to send it.");
    }
}
