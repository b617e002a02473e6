using System.Text.Json;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Rules;
using Xunit;
using static EventMesh.Domain.Rules.RuleCommand;
using static EventMesh.Domain.Rules.RuleEvent;

namespace EventMesh.Tests.Unit.Rules;

public class RuleDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly Filter Orders = Filter.Parse(JsonElement.Parse("""{"type":"order.*","source":"/shop"}"""));
    private static readonly string[] Crm = ["con_1"];
    private static readonly string[] Both = ["con_1", "con_2"];
    private static readonly RuleCreated Created = new("orders", Orders, Crm, At);
    private static readonly RuleDisabled Disabled = new(At);
    private static readonly RuleEnabled Enabled = new(At);
    private static readonly RuleDeleted Deleted = new(At);
    private static readonly CreateRule Create = new("orders", Orders, Crm, At);
    private static readonly DisableRule Disable = new(At);
    private static readonly EnableRule Enable = new(At);
    private static readonly DeleteRule Delete = new(At);
    private static readonly Scenario<RuleCommand, Rule, RuleEvent> A = new(Rule.Initial, Rule.Evolve, RuleDecider.Decide);

    [Fact]
    public void A_rule_is_created_enabled()
    {
        A.After().When(Create).Happens(Created);
        Assert.Equal(new Rule.Enabled("orders", Orders, Crm, At), A.After(Created).State);
    }

    [Fact]
    public void It_never_names_a_connection_twice()
    {
        A.After().When(Create with { Connections = ["con_1", "con_2", "con_1"] }).Happens(Created with { Connections = Both });
        A.After(Created).When(new ChangeRule(null, null, ["con_2", "con_2"], At)).Happens(new RuleChanged("orders", Orders, ["con_2"], At));
        A.After(Created).When(new ChangeRule(null, null, ["con_1", "con_1"], At)).Nothing();
    }

    [Fact]
    public void Its_ordering_is_what_a_change_says_and_none_when_it_says_none()
    {
        var (byOrder, bySubject) = (new RuleOrdering("data.orderId"), new RuleOrdering("subject"));
        var ordered = Created with { Ordering = byOrder };
        A.After().When(Create with { Ordering = byOrder }).Happens(ordered);
        A.After(ordered).When(new ChangeRule(null, null, null, At, Ordering: new RuleOrdering("data.orderId"))).Nothing();
        A.After(ordered).When(new ChangeRule(null, null, null, At, Ordering: bySubject)).HappensOnce(new RuleChanged("orders", Orders, Crm, At, Ordering: bySubject));
        A.After(ordered).When(new ChangeRule(null, null, null, At)).HappensOnce(new RuleChanged("orders", Orders, Crm, At));
        Assert.Equal(byOrder, Assert.IsType<Rule.Disabled>(A.After(ordered, Disabled).State).Ordering);
        Assert.Equal(byOrder, Assert.IsType<Rule.Enabled>(A.After(ordered, Disabled, Enabled).State).Ordering);
    }

    [Fact]
    public void An_id_is_used_once()
    {
        A.After(Created).When(Create).Refused("rule.exists");
        A.After(Created, Disabled).When(Create).Refused("rule.exists");
        A.After(Created, Deleted).When(Create).Refused("rule.exists");
    }

    [Fact]
    public void It_is_disabled_once_and_enabled_once()
    {
        A.After(Created).When(Disable).HappensOnce(Disabled);
        A.After(Created, Disabled).When(Enable).HappensOnce(Enabled);
        A.After(Created).When(Enable).Nothing();
        Assert.Equal(new Rule.Disabled("orders", Orders, Crm, At), A.After(Created, Disabled).State);
        Assert.Equal(new Rule.Enabled("orders", Orders, Crm, At), A.After(Created, Disabled, Enabled).State);
    }

    [Fact]
    public void It_is_deleted_once_in_whatever_state()
    {
        A.After(Created).When(Delete).HappensOnce(Deleted);
        A.After(Created, Disabled).When(Delete).HappensOnce(Deleted);
    }

    [Fact]
    public void What_is_not_there_cannot_be_changed_disabled_or_enabled()
    {
        foreach (RuleCommand command in new RuleCommand[] { new ChangeRule("x", null, null, At), Disable, Enable })
        {
            A.After().When(command).Refused("rule.missing");
            A.After(Created, Deleted).When(command).Refused("rule.missing");
        }

        A.After().When(Delete).Refused("rule.missing");
    }

    [Fact]
    public void A_change_says_everything_and_leaves_what_was_not_named()
    {
        A.After(Created).When(new ChangeRule("all", null, null, At)).HappensOnce(new RuleChanged("all", Orders, Crm, At));
        A.After(Created).When(new ChangeRule(null, Filter.Everything, null, At)).HappensOnce(new RuleChanged("orders", Filter.Everything, Crm, At));
        A.After(Created, Disabled).When(new ChangeRule(null, null, Both, At)).HappensOnce(new RuleChanged("orders", Orders, Both, At));
        Assert.IsType<Rule.Disabled>(A.After(Created, Disabled, new RuleChanged("all", Orders, Both, At)).State);
    }

    [Fact]
    public void A_change_to_what_is_already_so_is_none()
    {
        A.After(Created).When(new ChangeRule(null, null, null, At)).Nothing();
        A.After(Created).When(new ChangeRule("orders", Filter.Parse(JsonElement.Parse("""{"source": "/shop", "type": "order.*"}""")), ["con_1"], At)).Nothing();
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [Create, new ChangeRule("x", null, null, At), Disable, Enable, Delete],
        A.After(), A.After(Created), A.After(Created, Disabled), A.After(Created, Deleted));
}
