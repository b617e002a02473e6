using System.Collections.Immutable;
using EventMesh.Domain;
using EventMesh.Domain.Access;

namespace EventMesh.Projections.Index;

/// <summary>The members of a workspace at one moment, by ids made from who they are: nobody's name at a provider is held here.</summary>
public sealed class Members
{
    /// <summary>Instead of a provider: whichever the workspace trusts.</summary>
    public const string AnyProvider = "*";

    public static readonly Members None = new(ImmutableDictionary<string, Role>.Empty);

    private readonly ImmutableDictionary<string, Role> roles;

    private Members(ImmutableDictionary<string, Role> roles) => this.roles = roles;

    /// <summary>Who a provider's subject is in the workspace, and what they may do there; null when they are no member.</summary>
    /// <param name="provider">Id of the trusted provider that vouches for the subject.</param>
    public (string Id, Role Roles)? Of(string workspace, string provider, string subject)
    {
        var (by, any) = (Ids.OfMember(workspace, provider, subject), Ids.OfMember(workspace, AnyProvider, subject));
        return (roles.TryGetValue(by, out var named), roles.TryGetValue(any, out var wild)) switch
        {
            (true, var also) => (by, also ? named | wild : named),
            (false, true) => (any, wild),
            _ => null,
        };
    }

    /// <summary>Whether this is the id of a member.</summary>
    public bool Has(string id) => roles.ContainsKey(id);

    internal Members Apply(string id, MemberEvent happened) => happened switch
    {
        MemberEvent.MemberAdded added => new(roles.SetItem(id, RoleNames.Stored(added.Roles))),
        MemberEvent.MemberChanged changed => new(roles.SetItem(id, RoleNames.Stored(changed.Roles))),
        MemberEvent.MemberRemoved => new(roles.Remove(id)),
        _ => this,
    };
}
