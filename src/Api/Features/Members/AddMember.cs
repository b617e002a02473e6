using System.Text;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Keys;
using EventMesh.Domain;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Members;

/// <summary>Gives somebody who signs in at a trusted provider roles in the workspace, beside those that the provider's claims map to. Adding them again changes their roles.</summary>
public static class AddMember
{
    private const int SubjectCharsMax = 255;

    /// <param name="Provider">Id of a trusted provider; whichever the workspace trusts when left out.</param>
    /// <param name="Subject">The <c>sub</c> of their tokens (OpenID Connect Core §2), at most 255 characters.</param>
    public sealed record Request(string? Provider, string? Subject, IReadOnlyList<string?>? Roles)
    {
        public override string ToString() => nameof(AddMember);
    }

    public static void Map(RouteGroupBuilder members) => members.MapPost("", Handle)
        .Needs(Permission.WriteMembers).WithName("addMember").WithSummary("Give somebody of a trusted provider roles in the workspace")
        .Produces<MemberView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (provider, subject, roles) = Validated(body.Value, call.Workspace.Providers);
        var workspace = store.For(call.Workspace.Id);
        var id = call.Subject = Ids.OfMember(workspace.Workspace, provider, subject);
        // Kept before the event that needs it, and destroyed later if that is never stored.
        var (known, _) = await workspace.Fold<Member, MemberEvent>(id, Member.Initial, Member.Evolve, context.RequestAborted);
        if (known is not Member.Active) await workspace.PutSecretVersion(MemberView.KeptAs(id), Encoding.UTF8.GetBytes(subject), call.Now, context.RequestAborted);
        var command = new MemberCommand.AddMember(provider, roles, call.Now);
        var decided = await workspace.Decide<Member, MemberEvent>(
            id, "member", Member.Initial, Member.Evolve, s => MemberDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{workspace.Workspace}/members/{id}", await MemberView.Of(workspace, id, (Member.Active)decided.State, context.RequestAborted));
    }

    private static (string Provider, string Subject, Role Roles) Validated(Request request, TrustedProviders trusted)
    {
        var checks = new Checks();
        var (provider, subject) = (request.Provider ?? Projections.Index.Members.AnyProvider, request.Subject ?? "");
        checks.That(provider == Projections.Index.Members.AnyProvider || trusted.Has(provider), "provider", "is not a provider that this workspace trusts");
        checks.That(subject.Length is > 0 and <= SubjectCharsMax && Checks.IsText(subject), "subject", $"must have 1 to {SubjectCharsMax} characters, none of them a control character");
        var roles = RoleFields.Validated(checks, request.Roles);
        checks.Done();
        return (provider, subject, roles);
    }
}
