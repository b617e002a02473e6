using EventMesh.Domain.Workspaces;
using Xunit;

namespace EventMesh.Tests.Unit.Workspaces;

public class WorkspaceDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly WorkspaceCommand.CreateWorkspace Create = new("acme", "Acme", "starter", "sandbox", "eu", At);
    private static readonly WorkspaceEvent.WorkspaceCreated Created = new("acme", "Acme", "starter", "sandbox", "eu", At);
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
    public void Every_command_is_decided_in_every_state() =>
        A.DecidesEverything([Create], A.After(), A.After(Created));
}
