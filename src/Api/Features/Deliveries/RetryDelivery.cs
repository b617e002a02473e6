using EventMesh.Api.Edge;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

public static class RetryDelivery
{
    public sealed record Response(string Id, string Status);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapPost("/{id}/retry", Handle)
        .Needs(Permission.RetryDeliveries).WithName("retryDelivery").WithSummary("Send a delivery again, whatever became of it")
        .Produces<Response>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", ReadDelivery.Missing);
        var workspace = store.For(call.Workspace.Id);
        var (_, happened) = (await DeliveryStates.Of(store, workspace, [id], context.RequestAborted))[0];
        if (happened.Count == 0) throw ProblemAnswer.Missing(ReadDelivery.Missing);
        var command = new DeliveryCommand.RetryDelivery(happened[0].Of, call.Now);
        var decided = await workspace.Decide<DeliveryState, DeliveryEvent>(
            id, "delivery", DeliveryState.Initial, DeliveryState.Evolve, s => DeliveryDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/deliveries/{id}", new Response(id, DeliveryStates.Name(decided.State)));
    }
}
