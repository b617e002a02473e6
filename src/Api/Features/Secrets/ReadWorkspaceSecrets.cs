using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Secrets;

/// <summary>The secrets of a workspace: everything but their values.</summary>
public static class ReadWorkspaceSecrets
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="ActiveVersions">The numbers of those that may be used, the newest first.</param>
    public sealed record ListedSecret(string Name, string Path, string? Description, string Owner, DateTimeOffset CreatedAt, IReadOnlyList<int> ActiveVersions);

    public static void Map(RouteGroupBuilder secrets)
    {
        secrets.MapGet("", List).Needs(Permission.ReadSecrets).WithPages().WithMoment().WithName("listWorkspaceSecrets").WithSummary("List the secrets by name, without their values");
        secrets.MapGet("/{name}", One).Needs(Permission.ReadSecrets).WithMoment().WithName("getSecret").WithSummary("Read a secret with its versions and when each was last used; never a value");
    }

    private static async Task<Listed<ListedSecret>> List(Page page, Call call, IndexFollower index, Moment moment, Plans plans, HttpContext context)
    {
        var workspace = await moment.Workspace<SecretEvent>(plans, async () =>
        {
            // Another node may have been told of a secret a moment ago.
            await index.Fresh(LookTimeout, context.RequestAborted);
            return index.Index.Find(call.Workspace.Id) ?? call.Workspace;
        }, context.RequestAborted);
        var found = workspace.Secrets.Values
            .Where(s => string.CompareOrdinal(s.Name, page.After) > 0).OrderBy(s => s.Name, StringComparer.Ordinal).Take(page.Limit + 1)
            .Select(s => new ListedSecret(s.Name, SecretView.PathOf(call.Workspace.Id, s.Name), s.Description, s.Owner, s.CreatedAt, [.. s.ActiveAt(moment.Time).Select(v => v.Number).Reverse()]));
        return page.Of([.. found], s => s.Name);
    }

    private static async Task<SecretView> One(string name, Call call, Store store, Moment moment, HttpContext context)
    {
        var (workspace, stream) = (store.For(call.Workspace.Id), SecretView.Stream(call, name));
        var (state, version) = await moment.Fold<Secret, SecretEvent>(stream, Secret.Initial, Secret.Evolve, context.RequestAborted);
        if (state is not Secret.Kept kept) throw ProblemAnswer.Missing(SecretView.Missing);
        ETag.Set(context.Response, version);
        return moment.IsPast ? SecretView.Of(call, kept, moment.Time) : SecretView.Of(call, kept, moment.Time, await workspace.ReadSecretVersions(name, context.RequestAborted));
    }
}
