using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.Projections.Inbound;

namespace EventMesh.Api.Features.Sources;

public static class ReadSources
{
    public const string Missing = "There is no such source.";

    public static void Map(RouteGroupBuilder sources)
    {
        sources.MapGet("", List).Needs(Permission.ReadSources).WithPages().WithMoment().WithName("listSources").WithSummary("List the sources of inbound webhooks, oldest first");
        sources.MapGet("/{id}", One).Needs(Permission.ReadSources).WithMoment().WithName("getSource").WithSummary("Read a source, with what became of the requests to it");
    }

    private static async Task<Listed<SourceView>> List(Page page, Moment moment, HttpContext context) =>
        page.Of(await moment.List<Source, SourceEvent, SourceView>(
            "src_", page, Source.Initial, Source.Evolve, (id, version, source) => SourceView.Of(id, version, source, moment.Time), context.RequestAborted), s => s.Id);

    private static async Task<SourceView> One(string id, Call call, Store store, Moment moment, HttpContext context)
    {
        Streams.Named(call, id, "src_", Missing);
        var workspace = store.For(call.Workspace.Id);
        var (state, version) = await moment.Fold<Source, SourceEvent>(id, Source.Initial, Source.Evolve, context.RequestAborted);
        var view = SourceView.Of(id, version, state, moment.Time) ?? throw ProblemAnswer.Missing(Missing);
        ETag.Set(context.Response, version);
        // Counts are of today.
        return moment.IsPast ? view : view with { Received = SourceView.ReceivedCounts.Of(await InboundCounts.Read(workspace, id, context.RequestAborted)) };
    }
}
