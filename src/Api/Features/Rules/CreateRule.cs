using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Limits;
using EventMesh.Domain.Rules;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Rules;

public static class CreateRule
{
    public static void Map(RouteGroupBuilder rules) => rules.MapPost("", Handle)
        .Needs(Permission.WriteRules).WithName("createRule").WithSummary("Create a rule that routes matching events to connections").Produces<RuleView>(StatusCodes.Status201Created)
        .WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<RuleFields> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var workspace = await RuleFields.Knowing(body.Value.Connections ?? [], call.Workspace, index, context.RequestAborted);
        var (name, filter, connections) = body.Value.Validated(workspace);
        var id = call.NewId("rul_");
        var command = new RuleCommand.CreateRule(name, filter, connections, call.Now, body.Value.Ordering, body.Value.Mapped());
        var decided = await CountLimits.Rule(store, call, () => store.For(call.Workspace.Id).Decide<Rule, RuleEvent>(
            id, "rule", Rule.Initial, Rule.Evolve, s => RuleDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/rules/{id}", RuleView.Of(id, decided.Version, decided.State));
    }
}
