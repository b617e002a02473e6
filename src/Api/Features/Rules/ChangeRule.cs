using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Rules;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Rules;

/// <summary>
/// A merge patch (RFC 7396) of name, filter, connections, ordering, mapping and status. A filter or a mapping is replaced whole, because half of one means
/// something else; null takes an ordering or a mapping away.
/// </summary>
public static class ChangeRule
{
    private static readonly string[] Changeable = ["name", "filter", "connections", "ordering", "mapping", "status"];

    public static void Map(RouteGroupBuilder rules) => rules.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteRules).WithIfMatch().WithName("changeRule").WithSummary("Change, enable or disable a rule").WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<RuleView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "rul_", ReadRules.Missing);
        patch.Only(Changeable);
        var workspace = await RuleFields.Knowing(patch.Texts("connections"), call.Workspace, index, context.RequestAborted);
        var decided = await store.For(call.Workspace.Id).Decide<Rule, RuleEvent>(
            id, "rule", Rule.Initial, Rule.Evolve, state => Decide(id, state, patch, workspace, call.Now), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return RuleView.Of(id, decided.Version, decided.State)!;
    }

    private static RuleEvent[] Decide(string id, Rule state, Patch patch, ConfiguredWorkspace workspace, DateTimeOffset now)
    {
        var view = RuleView.Of(id, 0, state) ?? throw ProblemAnswer.Missing(ReadRules.Missing);
        var present = new RuleFields(view.Name, patch.Has("filter") ? null : view.Filter, view.Connections, view.Ordering, patch.Has("mapping") ? null : view.Mapping);
        var fields = patch.Onto(present);
        var (name, filter, connections) = fields.Validated(workspace);
        var changed = RuleDecider.Decide(new RuleCommand.ChangeRule(name, filter, connections, now, fields.Ordering, fields.Mapped()), state);
        RuleCommand? asked = patch.Status switch
        {
            "enabled" => new RuleCommand.EnableRule(now),
            "disabled" => new RuleCommand.DisableRule(now),
            _ => null,
        };
        return asked is null ? changed : [.. changed, .. RuleDecider.Decide(asked, changed.Aggregate(state, Rule.Evolve))];
    }
}
