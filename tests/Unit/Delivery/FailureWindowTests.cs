using EventMesh.Delivery;
using Xunit;

namespace EventMesh.Tests.Unit.Delivery;

public class FailureWindowTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Nine_failures_are_too_few_and_the_tenth_is_enough()
    {
        var window = new FailureWindow();
        for (var i = 0; i < FailureWindow.AttemptsMin - 1; i++) Assert.False(window.Add(At, trouble: true));
        Assert.True(window.Add(At, trouble: true));
        Assert.Equal((10, 10), (window.Attempts, window.Failures));
    }

    [Fact]
    public void Half_of_the_attempts_is_enough_and_less_is_not()
    {
        var window = new FailureWindow();
        for (var i = 0; i < 11; i++) window.Add(At, trouble: false);
        for (var i = 0; i < 10; i++) Assert.False(window.Add(At, trouble: true));
        Assert.True(window.Add(At, trouble: true));
    }

    [Fact]
    public void What_is_older_than_the_window_no_longer_counts()
    {
        var window = new FailureWindow();
        for (var i = 0; i < 9; i++) window.Add(At, trouble: true);
        Assert.False(window.Add(At + FailureWindow.Length, trouble: true));
        Assert.Equal((1, 1), (window.Attempts, window.Failures));
    }

    [Fact]
    public void What_is_younger_than_the_window_counts()
    {
        var window = new FailureWindow();
        for (var i = 0; i < 9; i++) window.Add(At, trouble: true);
        Assert.True(window.Add(At + FailureWindow.Length * 0.9, trouble: true));
    }

    [Fact]
    public void Cleared_it_begins_anew()
    {
        var window = new FailureWindow();
        for (var i = 0; i < 10; i++) window.Add(At, trouble: true);
        window.Clear();
        Assert.False(window.Add(At, trouble: true));
    }
}
