using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Deliveries;
using EventMesh.Api.Features.RawData;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Events;

public static class ReadEvents
{
    private const string Missing = "There is no such event.";

    public static void Map(RouteGroupBuilder events)
    {
        events.MapGet("", List).Needs(Permission.ReadEvents).WithPages().WithName("listEvents").WithSummary("List the published events, newest first");
        events.MapGet("/{id}", One).Needs(Permission.ReadEvents).WithName("getEvent").WithSummary("Read a published event with its deliveries")
            .WithQuery("include", JsonSchemaType.String, "data: with its body, redacted; recorded. Takes the role operator or auditor.").WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Listed<EventView>> List(Page page, Call call, Store store, HttpContext context)
    {
        Position? before = page.After is null ? null : Position.TryParse(page.After, out var last) ? last : throw Problem.InvalidRequest.At("cursor", "is not one that this list gave as next");
        var newest = await store.For(call.Workspace.Id).ReadNewest("event_published", before, page.Limit + 1, context.RequestAborted);
        return page.Of([.. newest.Select(e => EventView.Of(e, (PublishedEventEvent.EventPublished)store.Types.Read(e)))], e => e.Position);
    }

    private static async Task<RoutedEventView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "evt_", Missing);
        var withData = AlsoNeeds.Includes(context, "data");
        if (withData) AlsoNeeds.Allow(call, Permission.ReadPayloads, context, id);
        var workspace = store.For(call.Workspace.Id);
        var stream = await workspace.ReadStream(id, context.RequestAborted);
        if (stream.Version == 0) throw ProblemAnswer.Missing(Missing);
        ETag.Set(context.Response, stream.Version);

        var happened = stream.Events.Select(store.Types.Read).ToArray();
        var routed = happened.OfType<PublishedEventEvent.EventRouted>().ToArray();
        var planned = routed.SelectMany(r => r.Deliveries).ToArray();
        var states = await DeliveryStates.Of(store, workspace, [.. planned.Select(d => d.Id)], context.RequestAborted);
        var e = EventView.Of(stream.Events[0], (PublishedEventEvent.EventPublished)happened[0]);
        ShownBody? body = null;
        if (withData)
        {
            await RedactedReads.Note(context, call, store, id);
            body = await RevealEventBody.Of(workspace, call, id, e.AcceptedAt, stored => ShownBody.Redacted(stored, bytes => call.Workspace.Redaction.OfEvent(bytes)), context.RequestAborted);
            Reveals.NotStored(context.Response);
        }
        return new(e.Id, e.CloudEventId, e.Type, e.Source, e.Subject, e.Resource, e.ResourceId, e.Time, e.AcceptedAt, e.Size, e.Sha256, e.Position,
            stream.Events[0].CorrelationId, routed.FirstOrDefault()?.At,
            [.. planned.Select((d, i) => new RoutedEventView.DeliveryView(d.Id, d.Connection, d.Rule, DeliveryStates.Name(states[i].State)))], body);
    }
}
