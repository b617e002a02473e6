using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Rules;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Rules;

public static class DeleteRule
{
    public static void Map(RouteGroupBuilder rules) => rules.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteRules).WithIfMatch().WithName("deleteRule").WithSummary("Delete a rule; what it routed already goes on")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "rul_", ReadRules.Missing);
        var command = new RuleCommand.DeleteRule(call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Rule, RuleEvent>(
            id, "rule", Rule.Initial, Rule.Evolve, s => RuleDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
