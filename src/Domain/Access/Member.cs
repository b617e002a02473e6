namespace EventMesh.Domain.Access;

/// <summary>
/// What has happened to a member of a workspace, and what it therefore is. Who that is at their provider is personal data: the history has an id made from it, and the
/// rest is kept as a secret of the name <c>members/{id}</c>, which is destroyed when they are removed.
/// </summary>
public abstract record MemberEvent
{
    private MemberEvent() { }

    /// <param name="Provider">Id of a trusted provider, or <c>*</c> for whichever the workspace trusts.</param>
    /// <param name="SealedSubject">Base64: the provider's <c>sub</c>, sealed under the name <c>members/{id}</c>, in events of before it was kept apart; null since.</param>
    /// <param name="Roles">Names of roles.</param>
    public sealed record MemberAdded(string Provider, IReadOnlyList<string> Roles, DateTimeOffset At, string? SealedSubject = null) : MemberEvent;

    /// <param name="Roles">All that they have from now on.</param>
    public sealed record MemberChanged(IReadOnlyList<string> Roles, DateTimeOffset At) : MemberEvent;
    public sealed record MemberRemoved(DateTimeOffset At) : MemberEvent;
}

public abstract record Member
{
    private Member() { }

    public sealed record Missing : Member;
    public sealed record Active(string Provider, string? SealedSubject, Role Roles, DateTimeOffset AddedAt) : Member;
    public sealed record Removed(DateTimeOffset RemovedAt) : Member;

    public static readonly Member Initial = new Missing();

    public static Member Evolve(Member state, MemberEvent happened) => (state, happened) switch
    {
        (_, MemberEvent.MemberAdded added) => new Active(added.Provider, added.SealedSubject, RoleNames.Stored(added.Roles), added.At),
        (Active active, MemberEvent.MemberChanged changed) => active with { Roles = RoleNames.Stored(changed.Roles) },
        (Active, MemberEvent.MemberRemoved removed) => new Removed(removed.At),
        _ => state,
    };
}
