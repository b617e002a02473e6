using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Elevations;

/// <summary>An elevation as it stands now.</summary>
/// <param name="Status"><c>requested</c>, <c>lapsed</c> (nobody decided in time), <c>active</c>, <c>refused</c> or <c>ended</c>.</param>
/// <param name="LapsesAt">When a request that nobody decides can no longer be approved.</param>
/// <param name="DecidedBy">Who approved or refused.</param>
/// <param name="EndsAt">When it ends, or ended, by itself; null unless it was approved.</param>
/// <param name="EndedBy">Who ended it before its time.</param>
public sealed record ElevationView(
    string Id, string Admin, IReadOnlyList<string> Roles, string Reason, int DurationSeconds, string Status, DateTimeOffset RequestedAt, DateTimeOffset LapsesAt,
    string? DecidedBy, DateTimeOffset? DecidedAt, DateTimeOffset? EndsAt, string? EndedBy, DateTimeOffset? EndedAt)
{
    /// <summary>Under which the reason of an elevation is kept.</summary>
    public static string ReasonOf(string id) => $"elevations/{id}";

    /// <summary>With the reason as it was given.</summary>
    public async Task<ElevationView> Told(WorkspaceStore workspace, CancellationToken stop) => this with { Reason = await KeptText.Read(workspace, ReasonOf(Id), Reason, stop) };

    /// <summary>Null when there is none. The reason is as the event holds it: see <see cref="Told"/>.</summary>
    public static ElevationView? Of(string id, Elevation elevation, DateTimeOffset now) => elevation switch
    {
        Elevation.Requested r => Asked(id, r.Asked, ElevationDecider.IsLapsed(now, r.Asked) ? "lapsed" : "requested"),
        Elevation.Refused r => Asked(id, r.Asked, "refused") with { DecidedBy = r.How.By, DecidedAt = r.How.At },
        Elevation.Approved a when a.Given.EndsAt > now => Given(id, a.Asked, a.Given, "active"),
        Elevation.Approved a => Given(id, a.Asked, a.Given, "ended") with { EndedAt = a.Given.EndsAt },
        Elevation.Ended e => (e.Given is null ? Asked(id, e.Asked, "ended") : Given(id, e.Asked, e.Given, "ended")) with { EndedBy = e.How.By, EndedAt = e.How.At },
        _ => null,
    };

    private static ElevationView Asked(string id, ElevationEvent.ElevationRequested asked, string status) => new(
        id, asked.Admin, asked.Roles, asked.Reason, asked.DurationSeconds, status, asked.At, asked.At + ElevationLimits.LapsesAfter, null, null, null, null, null);

    private static ElevationView Given(string id, ElevationEvent.ElevationRequested asked, ElevationEvent.ElevationApproved given, string status) =>
        Asked(id, asked, status) with { DecidedBy = given.By, DecidedAt = given.At, EndsAt = given.EndsAt };
}
