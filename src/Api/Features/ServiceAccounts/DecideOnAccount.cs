using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

internal static class DecideOnAccount
{
    /// <summary>Decides on one that must exist, and waits until this node knows.</summary>
    /// <exception cref="ProblemException">404: the id is none.</exception>
    public static async Task<Decided<ServiceAccount, ServiceAccountEvent>> Run(
        string id, Call call, Store store, IndexFollower index, Func<ServiceAccount, IReadOnlyList<ServiceAccountEvent>> decide, HttpContext context)
    {
        Streams.Named(call, id, ServiceAccountView.Prefix, ServiceAccountView.NotThere);
        var decided = await store.For(call.Workspace.Id).Decide(
            id, ServiceAccountView.StreamType, ServiceAccount.Initial, ServiceAccount.Evolve, decide, call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return decided;
    }
}
