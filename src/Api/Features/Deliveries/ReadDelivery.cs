using EventMesh.Api.Edge;
using EventMesh.Domain.Deliveries;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

public static class ReadDelivery
{
    public const string Missing = "There is no such delivery.";

    public sealed record Response(
        string Id, string Event, string Connection, string Rule, string Status, IReadOnlyList<AttemptView> Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset AcceptedAt);

    /// <param name="Outcome"><c>delivered</c>, or how it failed.</param>
    public sealed record AttemptView(int Number, DateTimeOffset StartedAt, double DurationMs, string Outcome, int? HttpStatus, string? Error);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapGet("/{id}", Handle)
        .Needs(Permission.ReadDeliveries).WithName("getDelivery").WithSummary("Read a delivery with its attempts");

    private static async Task<Response> Handle(string id, Call call, FindDelivery find, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", Missing);
        var (of, state, happened) = await find.Run(call.Workspace.Id, id, context.RequestAborted);
        ETag.Set(context.Response, happened.Count);
        return new(id, of.Event, of.Connection, of.Rule, DeliveryStates.Name(state), [.. happened.Select(View).OfType<AttemptView>()],
            state is DeliveryState.Retrying retrying ? retrying.NextAttemptAt : null, of.AcceptedAt);
    }

    private static AttemptView? View(DeliveryEvent happened) => happened switch
    {
        DeliveryEvent.DeliverySucceeded succeeded => Of(succeeded.Attempt),
        DeliveryEvent.DeliveryAttemptFailed failed => Of(failed.Attempt),
        _ => null,
    };

    private static AttemptView Of(Attempt attempt) => new(attempt.Number, attempt.StartedAt, attempt.DurationMs, attempt.Outcome, attempt.HttpStatus, attempt.Error);
}
