using EventMesh.Domain.Projections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Projections.Running;

/// <summary>What was asked of one projection, read from the platform's history as it grows.</summary>
public sealed class ProjectionAsked(Store store, string projection)
{
    private const int PageEvents = 500;

    private long version;

    /// <summary>As it was at the last <see cref="Look"/>.</summary>
    public ProjectionControl Control { get; private set; } = ProjectionControl.Initial;

    public bool Skips(Position position) => Control.Skipped.Contains(position.ToString());

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task<ProjectionControl> Look(CancellationToken stop)
    {
        for (var more = true; more;)
        {
            var page = await store.For(Workspace.PlatformId).ReadStreamPage(ProjectionControl.StreamOf(projection), version, PageEvents, stop).ConfigureAwait(false);
            foreach (var stored in page)
            {
                // One that cannot be read asks for nothing that this node could do.
                if (store.Types.TryRead(stored, out _) is ProjectionEvent happened) Control = ProjectionControl.Evolve(Control, happened);
                version = stored.Version;
            }
            more = page.Count == PageEvents;
        }
        return Control;
    }
}
