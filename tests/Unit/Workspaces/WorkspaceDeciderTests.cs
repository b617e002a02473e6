using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using Xunit;

namespace EventMesh.Tests.Unit.Workspaces;

public class WorkspaceDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly WorkspaceCommand.CreateWorkspace Create = new("acme", "Acme", "starter", "sandbox", "eu", At);
    private static readonly WorkspaceEvent.WorkspaceCreated Created = new("acme", "Acme", "starter", "sandbox", "eu", At);
    private static readonly LimitOverrides More = new(EventsPerMonth: 7, Overage: Overage.Soft);
    private static readonly WorkspaceCommand.ChangeWorkspace Change = new("enterprise", More, At);
    private static readonly WorkspaceCommand.SetOrigins SetOrigins = new(["https://app.example.com"], At);
    private static readonly WorkspaceCommand.SetWitnesses SetWitnesses = new(["https://witness.example/"], At);
    private static readonly Scenario<WorkspaceCommand, Workspace, WorkspaceEvent> A = new(Workspace.Initial, Workspace.Evolve, WorkspaceDecider.Decide);

    [Fact]
    public void A_workspace_is_created() => A.After().When(Create).Happens(Created);

    [Fact]
    public void An_id_that_is_taken_is_refused_whoever_took_it()
    {
        A.After(Created).When(Create).Refused("workspace.exists");
        A.After(Created).When(Create with { Name = "Other" }).Refused("workspace.exists");
    }

    [Fact]
    public void It_is_what_it_was_created_as() =>
        Assert.Equal(new Workspace.Open("acme", "Acme", "starter", "sandbox", "eu", At), A.After(Created).State);

    [Fact]
    public void Its_plan_and_its_own_limits_are_changed_once()
    {
        A.After(Created).When(Change).HappensOnce(new WorkspaceEvent.WorkspacePlanChanged("enterprise", At), new WorkspaceEvent.WorkspaceLimitsChanged(More, At));
        A.After(Created).When(Change with { Limits = null }).HappensOnce(new WorkspaceEvent.WorkspacePlanChanged("enterprise", At));
        A.After(Created).Then(Change).When(new WorkspaceCommand.ChangeWorkspace(null, LimitOverrides.None, At)).HappensOnce(new WorkspaceEvent.WorkspaceLimitsChanged(LimitOverrides.None, At));
    }

    [Fact]
    public void Its_origins_are_set_once()
    {
        A.After(Created).When(SetOrigins).HappensOnce(new WorkspaceEvent.WorkspaceOriginsChanged(["https://app.example.com"], At));
        A.After(Created).Then(SetOrigins).When(SetOrigins with { Origins = [] }).HappensOnce(new WorkspaceEvent.WorkspaceOriginsChanged([], At));
        A.After(Created).When(SetOrigins with { Origins = [] }).Nothing();
    }

    [Fact]
    public void Its_witnesses_are_set_once()
    {
        A.After(Created).When(SetWitnesses).HappensOnce(new WorkspaceEvent.WorkspaceWitnessesChanged(["https://witness.example/"], At));
        A.After(Created).Then(SetWitnesses).When(SetWitnesses with { Urls = [] }).HappensOnce(new WorkspaceEvent.WorkspaceWitnessesChanged([], At));
        A.After(Created).When(SetWitnesses with { Urls = [] }).Nothing();
    }

    [Fact]
    public void A_workspace_that_is_missing_has_nothing_to_change()
    {
        A.After().When(Change).Refused("workspace.missing");
        A.After().When(SetOrigins).Refused("workspace.missing");
        A.After().When(SetWitnesses).Refused("workspace.missing");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() =>
        A.DecidesEverything([Create, Change, SetOrigins, SetWitnesses], A.After(), A.After(Created));
}
