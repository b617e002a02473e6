using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.ServiceAccounts;

public static class ReadServiceAccounts
{
    public static void Map(RouteGroupBuilder accounts)
    {
        accounts.MapGet("", List).Needs(Permission.ReadMembers).WithPages().WithName("listServiceAccounts").WithSummary("List the service accounts, oldest first");
        accounts.MapGet("/{id}", One).Needs(Permission.ReadMembers).WithName("getServiceAccount").WithSummary("Read a service account and its credentials, without secrets");
    }

    private static async Task<Listed<ServiceAccountView>> List(Page page, Call call, Store store, HttpContext context)
    {
        var found = await Streams.List<ServiceAccount, ServiceAccountEvent, ServiceAccountView>(
            store, call.Workspace.Id, ServiceAccountView.Prefix, page, ServiceAccount.Initial, ServiceAccount.Evolve, ServiceAccountView.Of, context.RequestAborted);
        return page.Of(found, a => a.Id);
    }

    private static async Task<ServiceAccountView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, ServiceAccountView.Prefix, ServiceAccountView.NotThere);
        var (state, version) = await store.For(call.Workspace.Id).Fold<ServiceAccount, ServiceAccountEvent>(id, ServiceAccount.Initial, ServiceAccount.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return ServiceAccountView.Of(id, version, state) ?? throw ProblemAnswer.Missing(ServiceAccountView.NotThere);
    }
}
