using EventMesh.Domain;
using EventMesh.Domain.Projections;
using Xunit;

namespace EventMesh.Tests.Unit.Projections;

public class ProjectionControlTests
{
    private const string Here = "0000000002f1-000000000d07";
    private const string There = "0000000002f1-000000000d08";
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static ProjectionControl After(params ProjectionEvent[] happened) => happened.Aggregate(ProjectionControl.Initial, ProjectionControl.Evolve);

    [Fact]
    public void It_pauses_once_and_resumes_once()
    {
        var paused = Assert.Single(ProjectionControlDecider.Decide(new ProjectionCommand.PauseProjection(At), ProjectionControl.Initial));
        Assert.Empty(ProjectionControlDecider.Decide(new ProjectionCommand.PauseProjection(At), After(paused)));
        var resumed = Assert.Single(ProjectionControlDecider.Decide(new ProjectionCommand.ResumeProjection(At), After(paused)));
        Assert.Empty(ProjectionControlDecider.Decide(new ProjectionCommand.ResumeProjection(At), After(paused, resumed)));
        Assert.Empty(ProjectionControlDecider.Decide(new ProjectionCommand.ResumeProjection(At), ProjectionControl.Initial));
    }

    [Fact]
    public void The_event_it_stands_at_is_skipped_once_and_no_other()
    {
        Assert.Throws<Refused>(() => ProjectionControlDecider.Decide(new ProjectionCommand.SkipEvent(Here, null, At), ProjectionControl.Initial));
        Assert.Contains(There, Assert.Throws<Refused>(() => ProjectionControlDecider.Decide(new ProjectionCommand.SkipEvent(Here, There, At), ProjectionControl.Initial)).Message, StringComparison.Ordinal);
        var skipped = Assert.Single(ProjectionControlDecider.Decide(new ProjectionCommand.SkipEvent(Here, Here, At), ProjectionControl.Initial));
        Assert.Contains(Here, After(skipped).Skipped);
        Assert.Empty(ProjectionControlDecider.Decide(new ProjectionCommand.SkipEvent(Here, null, At), After(skipped)));
    }

    [Fact]
    public void It_is_tried_again_as_often_as_is_asked_while_it_stands()
    {
        Assert.Throws<Refused>(() => ProjectionControlDecider.Decide(new ProjectionCommand.RetryEvent(null, At), ProjectionControl.Initial));
        var retried = Assert.Single(ProjectionControlDecider.Decide(new ProjectionCommand.RetryEvent(Here, At), ProjectionControl.Initial));
        Assert.Equal(2, After(retried, Assert.Single(ProjectionControlDecider.Decide(new ProjectionCommand.RetryEvent(Here, At), After(retried)))).Retries);
    }

    [Fact]
    public void A_rebuild_ends_once()
    {
        var finish = new ProjectionCommand.FinishRebuild("prb_1", "acme", RebuildOutcome.Done, 7, At);
        var ended = Assert.Single(ProjectionControlDecider.Decide(finish, ProjectionControl.Initial));
        Assert.Empty(ProjectionControlDecider.Decide(finish, After(ended)));
        Assert.Single(ProjectionControlDecider.Decide(finish with { Rebuild = "prb_2" }, After(ended)));
    }
}
