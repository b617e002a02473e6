using EventMesh.Api.Edge;
using EventMesh.Domain.Projections;
using EventMesh.EventStore;
using EventMesh.Projections;
using EventMesh.Projections.Rebuilding;
using EventMesh.Projections.Running;

namespace EventMesh.Api.Features.Rebuilds;

/// <summary>A read model and how it fares, the same from every node.</summary>
/// <param name="State"><c>rebuilding</c> while a rebuild is open: readers see the old rows, and the live runner goes on unless <paramref name="Paused"/> or <paramref name="Stopped"/> say otherwise.</param>
/// <param name="Position">Everything up to here is taken in.</param>
/// <param name="LagEvents">How many of its events follow, counted up to 100,000.</param>
/// <param name="LagSeconds">The age of the first of them.</param>
/// <param name="Stopped">The event that it cannot take in; null while it has not stopped.</param>
public sealed record ProjectionView(string Name, ProjectionView.States State, bool Paused, string Position, long LagEvents, double LagSeconds, ProjectionView.StoppedView? Stopped, RebuildView? Rebuild)
{
    public const string Missing = "There is no such projection.";

    public enum States { Running, Paused, Stopped, Rebuilding }

    /// <param name="Reason">What is the matter with the event, without anything that stands in it.</param>
    public sealed record StoppedView(string Position, string Workspace, string EventType, string Reason, DateTimeOffset Since)
    {
        public static StoppedView? Of(StoppedAt? stopped) => stopped is null ? null : new(stopped.Position.ToString(), stopped.Workspace, stopped.Type, stopped.Reason, stopped.Since);
    }

    /// <exception cref="ProblemException">404: there is none of this name.</exception>
    public static Projection Named(Call call, string name)
    {
        var projection = ReadModels.Find(name) ?? throw ProblemAnswer.Missing(Missing);
        call.Subject = ProjectionControl.StreamOf(name);
        return projection;
    }

    public static async Task<ProjectionView> Of(Store store, Projection projection, DateTimeOffset now, CancellationToken stop)
    {
        var report = (await ProjectionReports.Read(store, stop)).FirstOrDefault(r => r.Name == projection.Name);
        var lag = await ProjectionLag.Of(store, projection, now, stop);
        var rebuild = await RebuildRuns.Newest(store, projection.Name, stop);
        var asked = await new ProjectionAsked(store, projection.Name).Look(stop);
        var state = rebuild is { HasEnded: false } ? States.Rebuilding : report?.State switch
        {
            ProjectionState.Stopped => States.Stopped,
            ProjectionState.Paused => States.Paused,
            _ => States.Running,
        };
        return new(projection.Name, state, asked.Paused, lag.Position.ToString(), lag.Events, Math.Round(lag.Seconds, 3), StoppedView.Of(report?.Stopped), rebuild is null ? null : RebuildView.Of(rebuild));
    }
}
