using System.Text;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Members;

/// <param name="Subject">Who it is at the provider: the <c>sub</c> of their tokens; null once it was destroyed, because they are no member any more.</param>
public sealed record MemberView(string Id, string Provider, string? Subject, IReadOnlyList<string> Roles, DateTimeOffset AddedAt)
{
    public const string Missing = "There is no such member.";

    public static async Task<MemberView> Of(WorkspaceStore store, string id, Member.Active member, CancellationToken stop)
    {
        var subject = await store.ReadSecret(KeptAs(id), stop)
            ?? (member.SealedSubject is { } before ? await store.Unseal(KeptAs(id), Convert.FromBase64String(before), stop) : null);
        return new(id, member.Provider, subject is null ? null : Encoding.UTF8.GetString(subject), member.Roles.Names(), member.AddedAt);
    }

    public static string KeptAs(string id) => "members/" + id;

    /// <summary>Without who it is, wherever it may be printed.</summary>
    public override string ToString() => $"Member {Id}";
}
