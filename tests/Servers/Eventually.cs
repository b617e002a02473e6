using System.Diagnostics;

namespace EventMesh.Tests.Servers;

/// <summary>The one place where a test may look again: for what another process does and gives no signal of.</summary>
public static class Eventually
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as <paramref name="condition"/> is true. An exception of the condition is the test's, at once.</summary>
    /// <param name="what">What is waited for, as a sentence's end: "the delivery to be dead-lettered".</param>
    /// <exception cref="TimeoutException">It was not true within <paramref name="deadline"/>.</exception>
    public static async Task True(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
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
