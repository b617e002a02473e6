using EventMesh.Domain.Log;
using Xunit;

namespace EventMesh.Tests.Unit.Log;

public class LogKeysDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly LogKeysCommand.BeginSigning Begin = new("lgk_1", "eventmesh+1+a", At);
    private static readonly LogKeysCommand.RotateLogKey Rotate = new("lgk_2", "eventmesh+2+b", TimeSpan.FromDays(30), At.AddDays(100));
    private static readonly LogKeyEvent[] Begun = [new LogKeyEvent.LogKeyCreated("lgk_1", "eventmesh+1+a", At)];
    private static readonly Scenario<LogKeysCommand, LogKeys, LogKeyEvent> A = new(LogKeys.Initial, LogKeys.Evolve, LogKeysDecider.Decide);

    [Fact]
    public void The_first_key_is_made_once_whoever_comes_first()
    {
        A.After().When(Begin).HappensOnce(Begun);
        A.After(Begun).When(Begin with { Key = "lgk_other" }).Nothing();
    }

    [Fact]
    public void Another_key_takes_its_place_and_the_one_before_signs_on_for_a_while() => A.After(Begun).When(Rotate).Happens(
        new LogKeyEvent.LogKeyRetired("lgk_1", At.AddDays(130), At.AddDays(100)), new LogKeyEvent.LogKeyCreated("lgk_2", "eventmesh+2+b", At.AddDays(100)));

    [Fact]
    public void Whoever_rotates_at_once_ends_every_key_before()
    {
        var at = At.AddDays(101);
        A.After(Begun).Then(Rotate).When(new LogKeysCommand.RotateLogKey("lgk_3", "eventmesh+3+c", TimeSpan.Zero, at)).Happens(
            new LogKeyEvent.LogKeyRetired("lgk_1", at, at), new LogKeyEvent.LogKeyRetired("lgk_2", at, at), new LogKeyEvent.LogKeyCreated("lgk_3", "eventmesh+3+c", at));
    }

    [Fact]
    public void No_key_is_ever_forgotten_and_each_says_when_it_signed()
    {
        var state = A.After(Begun).Then(Rotate).State;
        Assert.Equal([("lgk_1", At, At.AddDays(130)), ("lgk_2", At.AddDays(100), (DateTimeOffset?)null)], state.Keys.Select(k => (k.Id, k.From, k.Until)));
        Assert.Equal((true, false, true), (state.Keys[0].SignsAt(At.AddDays(129)), state.Keys[0].SignsAt(At.AddDays(130)), state.Keys[1].SignsAt(At.AddDays(500))));
    }
}
