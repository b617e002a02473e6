using EventMesh.Domain.Workspaces;
using Xunit;

namespace EventMesh.Tests.Unit.Workspaces;

public class PurgeDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly PurgeCommand.Start Start = new("acme", PurgedStreams.Delete, "key_1", At);
    private static readonly PurgeCommand.Finish Finish = new(["local"], [1], true, 5, "cm9vdA==", At);
    private static readonly Scenario<PurgeCommand, Purge, PurgeEvent> A = new(Purge.Initial, Purge.Evolve, PurgeDecider.Decide);

    [Fact]
    public void It_is_started_once() => A.After().When(Start).HappensOnce(new PurgeEvent.PurgeStarted("acme", PurgedStreams.Delete, "key_1", At));

    [Fact]
    public void Steps_are_taken_in_order_and_each_is_told_once()
    {
        var purge = A.After().Then(Start);
        foreach (var step in PurgeDecider.Steps)
        {
            Assert.Equal(step, PurgeDecider.Next(purge.State));
            purge.When(Finish).Refused("purge.order");
            purge.When(End(step)).HappensOnce(new PurgeEvent.PurgeStepDone(step, new Dictionary<string, long> { ["events"] = 3 }, At, At));
            purge = purge.Then(End(step));
        }
        Assert.Null(PurgeDecider.Next(purge.State));
        purge.When(Finish).HappensOnce(new PurgeEvent.PurgeFinished(["local"], [1], true, 5, "cm9vdA==", At));
        A.After().Then(Start).When(End(PurgeStep.Keys)).Refused("purge.order");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() =>
        A.DecidesEverything([Start, End(PurgeStep.Stop), Finish], A.After(), A.After().Then(Start),
            PurgeDecider.Steps.Aggregate(A.After().Then(Start), (a, s) => a.Then(End(s))).Then(Finish));

    private static PurgeCommand.EndStep End(PurgeStep step) => new(step, new Dictionary<string, long> { ["events"] = 3 }, At, At);
}
