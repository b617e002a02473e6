using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Sources;

/// <summary>A merge patch (RFC 7396) of name, verification, event and status: what is left out stays, null takes away.</summary>
public static class ChangeSource
{
    private static readonly string[] Changeable = ["name", "verification", "event", "status"];

    public static void Map(RouteGroupBuilder sources) => sources.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteSources).WithIfMatch().WithName("changeSource").WithSummary("Change, enable or disable a source")
        .WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<SourceView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "src_", ReadSources.Missing);
        patch.Only(Changeable);
        var decided = await store.For(call.Workspace.Id).Decide<Source, SourceEvent>(
            id, "source", Source.Initial, Source.Evolve, state => Decide(id, state, patch, call.Now), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return SourceView.Of(id, decided.Version, decided.State, call.Now)!;
    }

    private static SourceEvent[] Decide(string id, Source state, Patch patch, DateTimeOffset now)
    {
        var view = SourceView.Of(id, 0, state, now) ?? throw ProblemAnswer.Missing(ReadSources.Missing);
        var fields = patch.Onto(new SourceFields(view.Name, view.Verification, view.Event, null));
        // A secret is of its kind's form.
        if (fields.Verification?.Kind is { } kind && kind != view.Verification.Kind) throw Problem.InvalidRequest.At("verification.kind", "cannot be changed; create another source");
        var (name, verification, envelope, _) = fields.Validated(secretIsNeeded: false);
        var changed = SourceDecider.Decide(new SourceCommand.ChangeSource(name, verification, envelope with { Source = envelope.Source == "/sources/" + id ? null : envelope.Source }, now), state);
        SourceCommand? asked = patch.Status switch
        {
            "enabled" => new SourceCommand.EnableSource(now),
            "disabled" => new SourceCommand.DisableSource(now),
            _ => null,
        };
        return asked is null ? changed : [.. changed, .. SourceDecider.Decide(asked, changed.Aggregate(state, Source.Evolve))];
    }
}
