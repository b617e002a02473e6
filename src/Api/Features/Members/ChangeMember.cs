using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Keys;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Members;

/// <summary>A list of all the roles that a member has from now on.</summary>
public static class ChangeMember
{
    public sealed record Request(IReadOnlyList<string?>? Roles);

    public static void Map(RouteGroupBuilder members)
    {
        members.MapPut("/{id}", Change).Needs(Permission.WriteMembers).WithIfMatch().WithName("changeMember").WithSummary("Give a member other roles")
            .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);
        members.MapDelete("/{id}", Remove).Needs(Permission.WriteMembers).WithIfMatch().WithName("removeMember").WithSummary("Remove a member; what they have is gone with their next request")
            .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<MemberView> Change(string id, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "usr_", MemberView.Missing);
        var checks = new Checks();
        var roles = RoleFields.Validated(checks, body.Value.Roles);
        checks.Done();
        var decided = await Decide(id, new MemberCommand.ChangeMember(roles, call.Now), call, store, index, context);
        return await MemberView.Of(store.For(call.Workspace.Id), id, (Member.Active)decided.State, context.RequestAborted);
    }

    private static async Task<IResult> Remove(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "usr_", MemberView.Missing);
        await Decide(id, new MemberCommand.RemoveMember(call.Now), call, store, index, context);
        return Results.NoContent();
    }

    private static async Task<Decided<Member, MemberEvent>> Decide(string id, MemberCommand command, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var decided = await store.For(call.Workspace.Id).Decide<Member, MemberEvent>(
            id, "member", Member.Initial, Member.Evolve, s => MemberDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return decided;
    }
}
