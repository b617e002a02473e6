using EventMesh.Domain.Access;
using Xunit;

namespace EventMesh.Tests.Unit.WhoMay;

public class MemberDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly MemberCommand.AddMember Add = new("*", Role.Operator | Role.Auditor, At);
    private static readonly MemberCommand.ChangeMember Change = new(Role.Publisher, Later);
    private static readonly MemberCommand.RemoveMember Remove = new(Later);
    private static readonly MemberEvent.MemberAdded Added = new("*", ["operator", "auditor"], At);
    private static readonly MemberEvent.MemberChanged Changed = new(["publisher"], Later);
    private static readonly MemberEvent.MemberRemoved Removed = new(Later);
    private static readonly Scenario<MemberCommand, Member, MemberEvent> A = new(Member.Initial, Member.Evolve, MemberDecider.Decide);

    [Fact]
    public void A_member_is_added_once() => A.After().When(Add).HappensOnce(Added);

    [Fact]
    public void Adding_a_member_again_with_other_roles_changes_them() => A.After(Added).When(Add with { Roles = Role.Publisher, At = Later }).Happens(Changed);

    [Fact]
    public void Roles_are_changed_once() => A.After(Added).When(Change).HappensOnce(Changed);

    [Fact]
    public void A_member_is_removed_once_and_may_come_back()
    {
        A.After(Added).When(Remove).HappensOnce(Removed);
        A.After(Added, Removed).When(Add).Happens(Added);
        Assert.Equal(new Member.Removed(Later), A.After(Added, Removed).State);
    }

    [Fact]
    public void Whoever_is_no_member_is_neither_changed_nor_removed()
    {
        A.After().When(Change).Refused("member.missing");
        A.After().When(Remove).Refused("member.missing");
        A.After(Added, Removed).When(Change).Refused("member.missing");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything([Add, Change, Remove], A.After(), A.After(Added), A.After(Added, Removed));
}
