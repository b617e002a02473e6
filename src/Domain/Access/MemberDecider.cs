namespace EventMesh.Domain.Access;

public abstract record MemberCommand
{
    private MemberCommand() { }

    /// <summary>Who was a member before may become one again: the id is made from who they are.</summary>
    public sealed record AddMember(string Provider, Role Roles, DateTimeOffset At) : MemberCommand;
    public sealed record ChangeMember(Role Roles, DateTimeOffset At) : MemberCommand;
    public sealed record RemoveMember(DateTimeOffset At) : MemberCommand;
}

public static class MemberDecider
{
    /// <exception cref="Refused">There is no such member.</exception>
    public static MemberEvent[] Decide(MemberCommand command, Member state) => (command, state) switch
    {
        (MemberCommand.AddMember add, Member.Missing or Member.Removed) => [new MemberEvent.MemberAdded(add.Provider, add.Roles.Names(), add.At)],
        (MemberCommand.AddMember add, Member.Active active) => Changed(add.Roles, active, add.At),

        (MemberCommand.ChangeMember, Member.Missing or Member.Removed) => throw new Refused("member.missing", "There is no such member."),
        (MemberCommand.ChangeMember change, Member.Active active) => Changed(change.Roles, active, change.At),

        (MemberCommand.RemoveMember, Member.Missing) => throw new Refused("member.missing", "There is no such member."),
        (MemberCommand.RemoveMember remove, Member.Active) => [new MemberEvent.MemberRemoved(remove.At)],
        (MemberCommand.RemoveMember, Member.Removed) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static MemberEvent[] Changed(Role roles, Member.Active active, DateTimeOffset at) => roles == active.Roles ? [] : [new MemberEvent.MemberChanged(roles.Names(), at)];
}
