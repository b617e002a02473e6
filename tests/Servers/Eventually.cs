using System.Diagnostics;

namespace EventMesh.Tests.Servers;

/// <summary>The one place where a test may look again: for what another process does and gives no signal of.</summary>
public static class Eventually
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a machine may be busy with something else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as <paramref name="condition"/> is true. An exception of the condition is the test's, at once.</summary>
    /// <param name="deadline">No test fails before <see cref="Patience"/> is over: what must happen within a time is asserted, not waited for.</param>
    /// <param name="what">What is waited for, as a sentence's end: "the delivery to be dead-lettered".</param>
    /// <exception cref="TimeoutException">It was not true within <paramref name="deadline"/>.</exception>
    public static async Task True(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        if (deadline < Patience) deadline = Patience;
        var waiting = Stopwatch.StartNew();
        using var looks = new PeriodicTimer(BetweenLooks);
        while (!await condition())
        {
            if (waiting.Elapsed > deadline)
                throw new TimeoutException($"Waited {deadline} for {what}.");
            await looks.WaitForNextTickAsync();
        }
    }
}
