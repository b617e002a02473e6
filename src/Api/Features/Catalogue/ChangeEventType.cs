using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Catalogue;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Catalogue;

/// <summary>A merge patch (RFC 7396) of description, example and whether it is archived. An example is replaced whole.</summary>
public static class ChangeEventType
{
    private static readonly string[] Changeable = ["description", "example", "archived"];

    public static void Map(RouteGroupBuilder types) => types.MapPatch("/{name}", Handle)
        .Needs(Permission.WriteEventTypes).WithIfMatch().WithName("changeEventType").WithSummary("Change, archive or restore an event type")
        .WithProblem(StatusCodes.Status412PreconditionFailed).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<EventTypeView> Handle(string name, Patch patch, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var stream = EventTypeFields.Stream(call, name);
        patch.Only(Changeable);
        var decided = await store.For(call.Workspace.Id).Decide<EventType, EventTypeEvent>(
            stream, "event_type", EventType.Initial, EventType.Evolve, state => Decide(state, patch, call.Now), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return EventTypeView.Of(decided.Version, decided.State)!;
    }

    private static EventTypeEvent[] Decide(EventType state, Patch patch, DateTimeOffset now)
    {
        var view = EventTypeView.Of(0, state) ?? throw ProblemAnswer.Missing(ReadEventTypes.Missing);
        var fields = patch.Onto(new EventTypeFields(view.Description, patch.Has("example") ? null : view.Example, view.Archived));
        var checks = new Checks();
        var (description, example) = fields.Validated(checks);
        checks.Done();
        var changed = FittingExample.Decide(new EventTypeCommand.ChangeEventType(description, example, now), state);
        EventTypeCommand asked = fields.Archived is true ? new EventTypeCommand.ArchiveEventType(now) : new EventTypeCommand.RestoreEventType(now);
        return [.. changed, .. EventTypeDecider.Decide(asked, changed.Aggregate(state, EventType.Evolve))];
    }
}
