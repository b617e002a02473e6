using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.RawData;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using Microsoft.OpenApi;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

public static class ReadDelivery
{
    public const string Missing = "There is no such delivery.";

    public sealed record Response(
        string Id, string Event, string Connection, string Rule, string Status, IReadOnlyList<AttemptView> Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset AcceptedAt);

    /// <param name="Outcome"><c>delivered</c>, or how it failed.</param>
    /// <param name="Bodies">With <c>include=bodies</c>: what was said, redacted.</param>
    public sealed record AttemptView(int Number, DateTimeOffset StartedAt, double DurationMs, string Outcome, int? HttpStatus, string? Error, AttemptBodyView? Bodies = null);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapGet("/{id}", Handle)
        .Needs(Permission.ReadDeliveries).WithName("getDelivery").WithSummary("Read a delivery with its attempts")
        .WithQuery("include", JsonSchemaType.String, "bodies: with what was sent and answered, redacted; recorded. Takes the role operator or auditor.").WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<Response> Handle(string id, Call call, Store store, FindDelivery find, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", Missing);
        var withBodies = AlsoNeeds.Includes(context, "bodies");
        if (withBodies) AlsoNeeds.Allow(call, Permission.ReadPayloads, context, id);
        var (of, state, happened) = await find.Run(call.Workspace.Id, id, context.RequestAborted);
        ETag.Set(context.Response, happened.Count);
        IReadOnlyDictionary<int, AttemptBodyView>? bodies = null;
        if (withBodies)
        {
            await RedactedReads.Note(context, call, store, id);
            bodies = await AttemptBodyViews.Of(store.For(call.Workspace.Id), call, id, happened, AttemptBodyViews.Redacted, context.RequestAborted);
            Reveals.NotStored(context.Response);
        }
        return new(id, of.Event, of.Connection, of.Rule, DeliveryStates.Name(state), [.. happened.Select(AttemptBodyViews.Made).OfType<Attempt>().Select(a => Of(a, bodies))],
            state is DeliveryState.Retrying retrying ? retrying.NextAttemptAt : null, of.AcceptedAt);
    }

    private static AttemptView Of(Attempt attempt, IReadOnlyDictionary<int, AttemptBodyView>? bodies) =>
        new(attempt.Number, attempt.StartedAt, attempt.DurationMs, attempt.Outcome, attempt.HttpStatus, attempt.Error, bodies?.GetValueOrDefault(attempt.Number));
}
