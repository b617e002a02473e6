using System.Globalization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Deliveries;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.RawData;

public static class RevealAttemptBodies
{
    private const string NoAttempt = "The delivery has no such attempt.";

    /// <param name="Reveal">What the history says of this reading, <c>rev_…</c>.</param>
    /// <param name="Request">What a mapping made of the event; null when the event was sent as it is, or only its data: reveal the event.</param>
    /// <param name="Response">What the target answered, its first 16 KiB; null when it answered nothing.</param>
    public sealed record Revealed(string Delivery, int Attempt, string Reveal, ShownBody? Request, ShownBody? Response);

    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapPost("/{id}/attempts/{attempt}/reveal", Handle)
        .Needs(Permission.RevealRawData).WithName("revealAttempt").WithSummary("Show the raw bodies of an attempt once, for a reason; it is recorded before they are shown")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status410Gone).WithProblem(StatusCodes.Status500InternalServerError);

    private static async Task<Revealed> Handle(string id, string attempt, Body<Reveals.Request> body, Call call, Store store, FindDelivery find, HttpContext context)
    {
        Streams.Named(call, id, "dlv_", ReadDelivery.Missing);
        var reason = Reveals.Validated(body.Value);
        var found = await find.Run(call.Workspace.Id, id, context.RequestAborted);
        if (!int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw ProblemAnswer.Missing(NoAttempt);
        var bodies = await AttemptBodyViews.Of(store.For(call.Workspace.Id), call, id, found.Happened.Where(e => AttemptBodyViews.Made(e)?.Number == number), ShownBody.Raw, context.RequestAborted);
        if (!bodies.TryGetValue(number, out var said)) throw ProblemAnswer.Missing(NoAttempt);
        ShownBody[] shown = [.. new[] { said.Request, said.Response }.OfType<ShownBody>()];
        if (shown.Length == 0) throw ProblemAnswer.Missing("No body of this attempt was kept: the event was sent as it is, and nothing was answered. Reveal the event itself.");
        if (shown.Any(s => s.State == "expired")) throw Reveals.Gone("What was said in this attempt");
        if (shown.Any(s => s.State == "broken")) throw Reveals.Broken("What was said in this attempt");

        var reveal = await Reveals.Record(store, call, id, number, reason, context.RequestAborted);
        Reveals.NotStored(context.Response);
        return new(id, number, reveal, said.Request, said.Response);
    }
}
