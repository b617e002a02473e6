using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.RawData;

public static class RevealEventBody
{
    private const string Missing = "There is no such event.";

    /// <param name="Reveal">What the history says of this reading, <c>rev_…</c>.</param>
    /// <param name="Body">The event as it was published, CloudEvents 1.0 structured JSON.</param>
    public sealed record Response(string Event, string Reveal, ShownBody Body);

    public static void Map(RouteGroupBuilder events) => events.MapPost("/{id}/reveal", Handle)
        .Needs(Permission.RevealRawData).WithName("revealEvent").WithSummary("Show the raw body of an event once, for a reason; it is recorded before it is shown")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status410Gone).WithProblem(StatusCodes.Status500InternalServerError);

    private static async Task<Response> Handle(string id, Body<Reveals.Request> body, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "evt_", Missing);
        var reason = Reveals.Validated(body.Value);
        var workspace = store.For(call.Workspace.Id);
        if (await workspace.ReadStreamPage(id, 0, 1, context.RequestAborted) is not [var published]) throw ProblemAnswer.Missing(Missing);
        var shown = await Of(workspace, call, id, published.At, ShownBody.Raw, context.RequestAborted);
        if (shown.State == "expired") throw Reveals.Gone("The body of this event");
        if (shown.State == "broken") throw Reveals.Broken("The body of this event");

        var reveal = await Reveals.Record(store, call, id, null, reason, context.RequestAborted);
        Reveals.NotStored(context.Response);
        return new(id, reveal, shown);
    }

    /// <summary>An event's body as <paramref name="show"/> shows it, while its retention lasts.</summary>
    public static async Task<ShownBody> Of(WorkspaceStore workspace, Call call, string id, DateTimeOffset acceptedAt, Func<StoredBody?, ShownBody> show, CancellationToken stop) =>
        Retention.IsOver(acceptedAt, call.Workspace.RetentionDays, call.Now) ? ShownBody.Expired
            : show((await workspace.ReadBodies([(id, DateOnly.FromDateTime(acceptedAt.UtcDateTime))], stop)).GetValueOrDefault(id));
}
