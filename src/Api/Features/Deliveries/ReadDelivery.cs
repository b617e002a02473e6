using EventMesh.Api.Edge;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Deliveries;

public static class ReadDelivery
{
    public const string Missing = "There is no such delivery.";

    public sealed record Response(
        string Id, string Event, string Connection, string Rule, string Status, IReadOnlyList<AttemptView> Attempts, DateTimeOffset? NextAttemptAt);

    public sealed record AttemptView(int Number, DateTimeOffset StartedAt, double DurationMs, string Outcome, int? HttpStatus, string? Error);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapGet("/{id}", Handle)
        .Needs(Permission.ReadDeliveries).WithName("getDelivery").WithSummary("Read a delivery with its attempts");

    private static async Task<Response> Handle(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", Missing);
        var (state, happened) = (await DeliveryStates.Of(store, store.For(call.Workspace.Id), [id], context.RequestAborted))[0];
        if (happened.Count == 0) throw ProblemAnswer.Missing(Missing);
        var of = happened[0].Of;
        return new(id, of.Event, of.Connection, of.Rule, DeliveryStates.Name(state), [.. happened.Select(View).OfType<AttemptView>()],
            state is Domain.Deliveries.Delivery.Retrying retrying ? retrying.NextAttemptAt : null);
    }

    private static AttemptView? View(DeliveryEvent happened) => happened switch
    {
        DeliveryEvent.DeliverySucceeded succeeded => Of(succeeded.Attempt),
        DeliveryEvent.DeliveryAttemptFailed failed => Of(failed.Attempt),
        _ => null,
    };

    private static AttemptView Of(Attempt attempt) => new(attempt.Number, attempt.StartedAt, attempt.DurationMs, attempt.Outcome, attempt.HttpStatus, attempt.Error);
}
