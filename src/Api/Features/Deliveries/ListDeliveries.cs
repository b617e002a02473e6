using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Deliveries;

/// <summary>Deliveries by status, connection or event, newest first, from the read model: it follows the history within milliseconds.</summary>
public static class ListDeliveries
{
    private const int IdCharsMax = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="AttemptsMade">How many tries there were; the delivery itself lists them.</param>
    public sealed record Item(
        string Id, string Event, string Connection, string Rule, string Status, int AttemptsMade, DateTimeOffset? NextAttemptAt, DateTimeOffset AcceptedAt);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapGet("", Handle)
        .Needs(Permission.ReadDeliveries).WithPages()
        .WithQuery("status", JsonSchemaType.String, $"One of {string.Join(", ", DeliveryStatus.All)}.")
        .WithQuery("connection", JsonSchemaType.String, "A connection's id.")
        .WithQuery("event", JsonSchemaType.String, "A published event's id.")
        .WithQuery("min_position", JsonSchemaType.String, $"Waits until the list has taken in this position, {Patience.TotalSeconds} s at most.")
        .WithName("listDeliveries").WithSummary("List deliveries, newest first").Produces<Listed<Item>>();

    private static async Task<Listed<Item>> Handle(Page page, Call call, Store store, HttpContext context)
    {
        var query = context.Request.Query;
        var checks = new Checks();
        var (status, connection, of) = (Text("status"), Text("connection"), Text("event"));
        checks.That(status is null || DeliveryStatus.All.Contains(status), "status", $"must be one of {string.Join(", ", DeliveryStatus.All)}");
        var cursor = default(DeliveryCursor);
        checks.That(page.After is null || DeliveryCursor.TryParse(page.After, out cursor), "cursor", "is not one that this list gave as next");
        var minPosition = default(Position);
        checks.That(Text("min_position") is not { } text || Position.TryParse(text, out minPosition), "min_position", "is not a position that was given here");
        checks.Done();

        if (minPosition > Position.Start && !await ReadModel.WaitFor(store, DeliveriesProjection.Name, minPosition, Patience, context.RequestAborted))
            throw Problem.PositionNotReached.At("min_position", "is not reached yet; try again");
        var found = await DeliveriesQuery.List(store.For(call.Workspace.Id), status, connection, of, page.After is null ? null : cursor, page.Limit, context.RequestAborted);
        return new([.. found.Items.Select(d => new Item(d.Id, d.Event, d.Connection, d.Rule, d.Status, d.Attempts, d.NextAttemptAt, d.AcceptedAt))],
            found.Next is { } next ? Page.Cursor(next.ToString()) : null);

        string? Text(string name)
        {
            var value = query[name].ToString();
            checks.That(value.Length <= IdCharsMax && Checks.IsText(value), name, $"has at most {IdCharsMax} characters");
            return value.Length == 0 ? null : value;
        }
    }
}
