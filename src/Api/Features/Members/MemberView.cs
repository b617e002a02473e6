using System.Text;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Members;

/// <param name="Subject">Who it is at the provider: the <c>sub</c> of their tokens.</param>
public sealed record MemberView(string Id, string Provider, string Subject, IReadOnlyList<string> Roles, DateTimeOffset AddedAt)
{
    public const string Missing = "There is no such member.";

    public static async Task<MemberView> Of(WorkspaceStore store, string id, Member.Active member, CancellationToken stop)
    {
        var subject = await store.Unseal(SealedAs(id), Convert.FromBase64String(member.SealedSubject), stop);
        return new(id, member.Provider, Encoding.UTF8.GetString(subject), member.Roles.Names(), member.AddedAt);
    }

    public static string SealedAs(string id) => "members/" + id;

    /// <summary>Without who it is, wherever it may be printed.</summary>
    public override string ToString() => $"Member {Id}";
}
