using System.Text.Json;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;
using EventMesh.Domain.Rules;
using Xunit;
using static EventMesh.Domain.Rules.RuleCommand;
using static EventMesh.Domain.Rules.RuleEvent;

namespace EventMesh.Tests.Unit.Rules;

public class RuleMappingTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly Mapping Id = Mapping.Parse(JsonElement.Parse("""{"id":"$.data.id"}"""));
    private static readonly Mapping IdAnew = Mapping.Parse(JsonElement.Parse("""{ "id" : "$.data.id" }"""));
    private static readonly Mapping Other = Mapping.Parse(JsonElement.Parse("""{"id":"$.id"}"""));
    private static readonly RuleCreated Created = new("orders", Filter.Everything, ["con_1"], At, Mapping: Id);
    private static readonly Scenario<RuleCommand, Rule, RuleEvent> A = new(Rule.Initial, Rule.Evolve, RuleDecider.Decide);

    [Fact]
    public void A_rule_is_created_with_its_mapping()
    {
        A.After().When(new CreateRule("orders", Filter.Everything, ["con_1"], At, Mapping: Id)).Happens(Created);
        Assert.Equal(Id, A.After(Created).State.Mapping);
    }

    [Fact]
    public void A_change_replaces_it_or_takes_it_away()
    {
        A.After(Created).When(new ChangeRule(null, null, null, At, Mapping: Other)).HappensOnce(new RuleChanged("orders", Filter.Everything, ["con_1"], At, Mapping: Other));
        A.After(Created).When(new ChangeRule(null, null, null, At)).HappensOnce(new RuleChanged("orders", Filter.Everything, ["con_1"], At));
        A.After(Created).When(new ChangeRule(null, null, null, At, Mapping: IdAnew)).Nothing();
        Assert.Null(A.After(Created, new RuleChanged("orders", Filter.Everything, ["con_1"], At)).State.Mapping);
    }

    [Fact]
    public void It_outlives_being_disabled_enabled_and_deleted()
    {
        Assert.Equal(Id, A.After(Created, new RuleDisabled(At)).State.Mapping);
        Assert.Equal(Other, A.After(Created, new RuleDisabled(At), new RuleChanged("orders", Filter.Everything, ["con_1"], At, Mapping: Other), new RuleEnabled(At)).State.Mapping);
        Assert.Equal(Id, A.After(Created, new RuleDeleted(At)).State.Mapping);
        Assert.Equal(Id, A.After(Created, new RuleDisabled(At), new RuleDeleted(At)).State.Mapping);
    }
}
