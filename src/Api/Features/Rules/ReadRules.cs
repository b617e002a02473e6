using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Rules;

namespace EventMesh.Api.Features.Rules;

public static class ReadRules
{
    public const string Missing = "There is no such rule.";

    public static void Map(RouteGroupBuilder rules)
    {
        rules.MapGet("", List).Needs(Permission.ReadRules).WithPages().WithMoment().WithName("listRules").WithSummary("List the rules, oldest first");
        rules.MapGet("/{id}", One).Needs(Permission.ReadRules).WithMoment().WithName("getRule").WithSummary("Read a rule");
    }

    private static async Task<Listed<RuleView>> List(Page page, Moment moment, HttpContext context) =>
        page.Of(await moment.List<Rule, RuleEvent, RuleView>(
            "rul_", page, Rule.Initial, Rule.Evolve, RuleView.Of, context.RequestAborted), r => r.Id);

    private static async Task<RuleView> One(string id, Call call, Moment moment, HttpContext context)
    {
        Streams.Named(call, id, "rul_", Missing);
        var (state, version) = await moment.Fold<Rule, RuleEvent>(id, Rule.Initial, Rule.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return RuleView.Of(id, version, state) ?? throw ProblemAnswer.Missing(Missing);
    }
}
