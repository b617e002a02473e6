using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Deliveries;
using EventMesh.Delivery.Ordering;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using Microsoft.OpenApi;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Ordering;

/// <summary>The lines in which deliveries stand, with what each waits for.</summary>
public static class ListLines
{
    private const int IdCharsMax = 64;

    /// <param name="Since">When the event at the head was accepted: so long has the line not moved on, at most.</param>
    /// <param name="Waiting">Deliveries behind the head; from 10,000 on they are not counted.</param>
    public sealed record Item(string Line, string Rule, string Connection, string Key, Head BlockedBy, int Waiting, DateTimeOffset Since);

    /// <param name="Attempts">How many tries were made.</param>
    /// <param name="LastOutcome">How the last of them ended; null before the first.</param>
    public sealed record Head(string Delivery, string Event, string Status, int Attempts, string? LastOutcome, DateTimeOffset? NextAttemptAt);

    public static void Map(RouteGroupBuilder ordering) => ordering.MapGet("", Handle)
        .Needs(Permission.ReadDeliveries).WithPages()
        .WithQuery("rule", JsonSchemaType.String, "A rule's id.")
        .WithQuery("connection", JsonSchemaType.String, "A connection's id.")
        .WithQuery("stuck", JsonSchemaType.Boolean, "Only lines whose head has failed: it waits for its retry, or is a dead letter.")
        .WithName("listLines").WithSummary("List the keys for which deliveries wait, with what blocks each").Produces<Listed<Item>>();

    private static async Task<Listed<Item>> Handle(Page page, Call call, Store store, HttpContext context)
    {
        var checks = new Checks();
        var (rule, connection, stuck) = (Text("rule"), Text("connection"), Text("stuck"));
        checks.That(stuck is null or "true" or "false", "stuck", "must be true or false");
        checks.That(page.After is null || page.After.StartsWith("lin_", StringComparison.Ordinal) && Checks.IsText(page.After), "cursor", "is not one that this list gave as next");
        checks.Done();

        var workspace = store.For(call.Workspace.Id);
        var found = await LinesQuery.List(workspace, rule, connection, stuck is "true", page.After, page.Limit + 1, context.RequestAborted);
        var listed = page.Of(found, l => l.Line);
        return new([.. (await FirstInLine.Of(store, workspace, listed.Items, context.RequestAborted)).Select(View)], listed.Next);

        string? Text(string name)
        {
            var value = context.Request.Query[name].ToString();
            checks.That(value.Length <= IdCharsMax && Checks.IsText(value), name, $"has at most {IdCharsMax} characters");
            return value.Length == 0 ? null : value;
        }
    }

    private static Item View(FirstInLine first) => new(
        first.Line.Line, first.Line.Of.Rule, first.Line.Of.Connection, first.Line.Key,
        new(first.Line.Delivery, first.Line.Of.Event, DeliveryStates.Name(first.State), first.State.Attempts, LastOutcome(first.Happened),
            first.State is DeliveryState.Retrying retrying ? retrying.NextAttemptAt : null),
        first.Line.Behind, first.Line.Of.AcceptedAt);

    private static string? LastOutcome(IReadOnlyList<DeliveryEvent> happened) => happened.Reverse().Select(e => e switch
    {
        DeliveryEvent.DeliveryAttemptFailed failed => failed.Attempt.Outcome,
        DeliveryEvent.DeliverySucceeded succeeded => succeeded.Attempt.Outcome,
        _ => null,
    }).FirstOrDefault(outcome => outcome is not null);
}
