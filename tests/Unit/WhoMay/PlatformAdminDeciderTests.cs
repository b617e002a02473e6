using EventMesh.Domain.Access;
using Xunit;

namespace EventMesh.Tests.Unit.WhoMay;

public class PlatformAdminDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly PlatformAdminCommand.AddPlatformAdmin Add = new("Ada", "ab12", At);
    private static readonly PlatformAdminCommand.RemovePlatformAdmin Remove = new(At.AddHours(1));
    private static readonly PlatformAdminEvent.PlatformAdminAdded Added = new("Ada", "ab12", At);
    private static readonly PlatformAdminEvent.PlatformAdminRemoved Removed = new(At.AddHours(1));
    private static readonly Scenario<PlatformAdminCommand, PlatformAdmin, PlatformAdminEvent> An = new(PlatformAdmin.Initial, PlatformAdmin.Evolve, PlatformAdminDecider.Decide);

    [Fact]
    public void An_admin_is_added_under_an_id_of_their_own()
    {
        An.After().When(Add).Happens(Added);
        An.After(Added).When(Add).Refused("admin.exists");
        An.After(Added, Removed).When(Add).Refused("admin.exists");
    }

    [Fact]
    public void An_admin_is_removed_once()
    {
        An.After(Added).When(Remove).HappensOnce(Removed);
        An.After().When(Remove).Refused("admin.missing");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => An.DecidesEverything([Add, Remove], An.After(), An.After(Added), An.After(Added, Removed));
}
