using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Members;

public static class ReadMembers
{
    public static void Map(RouteGroupBuilder members)
    {
        members.MapGet("", List).Needs(Permission.ReadMembers).WithPages().WithMoment().WithName("listMembers").WithSummary("List the members, with their roles");
        members.MapGet("/{id}", One).Needs(Permission.ReadMembers).WithMoment().WithName("getMember").WithSummary("Read a member");
    }

    private static async Task<Listed<MemberView>> List(Page page, Call call, Store store, Moment moment, HttpContext context)
    {
        var workspace = store.For(call.Workspace.Id);
        var found = await moment.List<Member, MemberEvent, Found>("usr_", page, Member.Initial, Member.Evolve,
            (id, _, member) => member is Member.Active active ? new(id, active) : null, context.RequestAborted);
        var (shown, views) = (page.Of(found, m => m.Id), new List<MemberView>());
        foreach (var (id, member) in shown.Items) views.Add(await MemberView.Of(workspace, id, member, context.RequestAborted));
        return new(views, shown.Next);
    }

    private static async Task<MemberView> One(string id, Call call, Store store, Moment moment, HttpContext context)
    {
        Streams.Named(call, id, "usr_", MemberView.Missing);
        var workspace = store.For(call.Workspace.Id);
        var (state, version) = await moment.Fold<Member, MemberEvent>(id, Member.Initial, Member.Evolve, context.RequestAborted);
        if (state is not Member.Active member) throw ProblemAnswer.Missing(MemberView.Missing);
        ETag.Set(context.Response, version);
        return await MemberView.Of(workspace, id, member, context.RequestAborted);
    }

    private sealed record Found(string Id, Member.Active Member);
}
