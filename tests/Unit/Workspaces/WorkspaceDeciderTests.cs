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
    private static readonly WorkspaceCommand.SetRedaction SetRedaction = new(["$.data.email"], At);
    private static readonly WorkspaceCommand.SetWitnesses SetWitnesses = new(["https://witness.example/"], At);
    private static readonly WorkspaceCommand.Suspend Suspend = new(SuspendedBecause.Abuse, At);
    private static readonly WorkspaceCommand.Resume Resume = new(At);
    private static readonly WorkspaceCommand.Close Close = new(TimeSpan.FromDays(3), PurgedStreams.Skeletons, null, At);
    private static readonly WorkspaceCommand.CancelClosing Cancel = new(At);
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
    public void A_suspension_is_told_once_and_ends_once()
    {
        A.After(Created).When(Suspend).HappensOnce(new WorkspaceEvent.WorkspaceSuspended(SuspendedBecause.Abuse, At));
        A.After(Created).Then(Suspend).When(Resume).HappensOnce(new WorkspaceEvent.WorkspaceResumed(At));
        A.After(Created).When(Resume).Nothing();
        Assert.True(((Workspace.Open)A.After(Created).Then(Suspend).State).IsSuspended);
    }

    [Fact]
    public void A_closing_workspace_is_suspended_until_that_is_taken_back_and_is_then_as_it_was()
    {
        var closing = new WorkspaceEvent.WorkspaceClosing(At.AddDays(3), PurgedStreams.Skeletons, null, At);
        A.After(Created).When(Close).HappensOnce(closing);
        Assert.True(((Workspace.Open)A.After(Created, closing).State).IsSuspended);
        A.After(Created, closing).When(Resume).Refused("workspace.closing");
        A.After(Created, closing).When(Close with { Grace = TimeSpan.Zero }).Refused("workspace.closing");
        A.After(Created, closing).When(Cancel).HappensOnce(new WorkspaceEvent.WorkspaceClosingCancelled(At));
        Assert.Equal(A.After(Created).State, A.After(Created, closing).Then(Cancel).State);
        Assert.Equal(A.After(Created).Then(Suspend).State, A.After(Created).Then(Suspend).Then(Close).Then(Cancel).State);
        A.After(Created).When(Cancel).Nothing();
    }

    [Fact]
    public void A_purge_begins_when_the_grace_period_is_over_and_has_no_way_back()
    {
        var closing = A.After(Created).Then(Close);
        closing.When(new WorkspaceCommand.BeginPurge(At.AddDays(3).AddTicks(-1))).Refused("workspace.open");
        closing.When(new WorkspaceCommand.BeginPurge(At.AddDays(3))).HappensOnce(new WorkspaceEvent.WorkspacePurging(At.AddDays(3)));
        A.After(Created).When(new WorkspaceCommand.BeginPurge(At)).Refused("workspace.open");
        var purging = closing.Then(new WorkspaceCommand.BeginPurge(At.AddDays(3)));
        foreach (var command in (WorkspaceCommand[])[Cancel, Resume, Suspend, Close, Change, SetOrigins]) purging.When(command).Refused("workspace.purging");
        purging.When(Create).Refused("workspace.exists");
    }

    [Fact]
    public void Redaction_is_set_once_and_none_at_all_is_not_the_same_as_no_path()
    {
        A.After(Created).When(SetRedaction).HappensOnce(new WorkspaceEvent.WorkspaceRedactionChanged(["$.data.email"], At));
        A.After(Created).When(SetRedaction with { Paths = [] }).HappensOnce(new WorkspaceEvent.WorkspaceRedactionChanged([], At));
        A.After(Created).When(SetRedaction with { Paths = null }).Nothing();
        A.After(Created).Then(SetRedaction).When(SetRedaction with { Paths = null }).HappensOnce(new WorkspaceEvent.WorkspaceRedactionChanged(null, At));
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() =>
        A.DecidesEverything([Create, Change, SetOrigins, SetWitnesses, SetRedaction, Suspend, Resume, Close, Cancel, new WorkspaceCommand.BeginPurge(At)],
            A.After(), A.After(Created), A.After(Created).Then(Suspend), A.After(Created).Then(Close), A.After(Created, new WorkspaceEvent.WorkspacePurging(At)));
}
