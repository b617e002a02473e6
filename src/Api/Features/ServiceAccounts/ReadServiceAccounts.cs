using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.ServiceAccounts;

public static class ReadServiceAccounts
{
    public static void Map(RouteGroupBuilder accounts)
    {
        accounts.MapGet("", List).Needs(Permission.ReadMembers).WithPages().WithMoment().WithName("listServiceAccounts").WithSummary("List the service accounts, oldest first");
        accounts.MapGet("/{id}", One).Needs(Permission.ReadMembers).WithMoment().WithName("getServiceAccount").WithSummary("Read a service account and its credentials, without secrets");
    }

    private static async Task<Listed<ServiceAccountView>> List(Page page, Moment moment, HttpContext context)
    {
        var found = await moment.List<ServiceAccount, ServiceAccountEvent, ServiceAccountView>(
            ServiceAccountView.Prefix, page, ServiceAccount.Initial, ServiceAccount.Evolve, ServiceAccountView.Of, context.RequestAborted);
        return page.Of(found, a => a.Id);
    }

    private static async Task<ServiceAccountView> One(string id, Call call, Moment moment, HttpContext context)
    {
        Streams.Named(call, id, ServiceAccountView.Prefix, ServiceAccountView.NotThere);
        var (state, version) = await moment.Fold<ServiceAccount, ServiceAccountEvent>(id, ServiceAccount.Initial, ServiceAccount.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return ServiceAccountView.Of(id, version, state) ?? throw ProblemAnswer.Missing(ServiceAccountView.NotThere);
    }
}
