using System.Text.Json;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Elevations;

public class ElevationsInTheIndexTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private readonly WorkspaceIndex index = new();
    private ulong position;

    [Fact]
    public void One_that_was_approved_gives_until_its_end_and_not_a_moment_longer()
    {
        Happened("acme", "elv_1", Approved("adm_ann", At.AddHours(1)));
        var found = Assert.Single(Of("acme", "adm_ann", At.AddHours(1).AddTicks(-1)));
        Assert.Equal(("elv_1", Role.Developer | Role.Auditor), (found.Id, found.Roles));
        Assert.Empty(Of("acme", "adm_ann", At.AddHours(1)));
    }

    [Fact]
    public void It_is_one_admins_in_one_workspace()
    {
        Happened("acme", "elv_1", Approved("adm_ann", At.AddHours(1)));
        Assert.Empty(Of("acme", "adm_bob", At));
        Assert.Empty(Of("acme2", "adm_ann", At));
    }

    [Fact]
    public void What_was_only_asked_for_or_refused_gives_nothing()
    {
        Happened("acme", "elv_1", new ElevationEvent.ElevationRequested("adm_ann", ["auditor"], "Ticket 4711", 60, At));
        Happened("acme", "elv_1", new ElevationEvent.ElevationRefused("adm_bob", At));
        Assert.Empty(Of("acme", "adm_ann", At));
    }

    [Fact]
    public void One_that_was_ended_gives_nothing_and_leaves_the_others()
    {
        Happened("acme", "elv_1", Approved("adm_ann", At.AddHours(1)));
        Happened("acme", "elv_2", Approved("adm_ann", At.AddHours(2)));
        Assert.Equal(["elv_2", "elv_1"], Of("acme", "adm_ann", At).Select(e => e.Id));
        Happened("acme", "elv_2", new ElevationEvent.ElevationEnded("adm_ann", "key_1", At));
        Assert.Equal(["elv_1"], Of("acme", "adm_ann", At).Select(e => e.Id));
    }

    private IEnumerable<ActiveElevation> Of(string workspace, string admin, DateTimeOffset now) => index.Elevations.Of(workspace, admin, now);

    private static ElevationEvent Approved(string admin, DateTimeOffset endsAt) => new ElevationEvent.ElevationApproved(admin, ["developer", "auditor"], "key_1", endsAt, At);

    private void Happened(string workspace, string stream, ElevationEvent happened) => Assert.Null(index.Apply(
        new StoredEvent(new(++position, 1), workspace, stream, 1, EventTypes.AliasOf(happened.GetType()), JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), EventTypes.Json), At, null, null, null, null),
        ConfigurationEvents.All));
}
