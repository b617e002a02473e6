namespace EventMesh.Projections.Log;

/// <summary>
/// Hashing is work that nobody waits for, beside appends that somebody does. A scheduler lets a thread that computes keep its processor for milliseconds, longer than an append takes;
/// so it is offered to whoever waits for it, every few events.
/// </summary>
internal static class GiveWay
{
    private const int Events = 16;

    /// <param name="done">How many events have been hashed.</param>
    public static void After(int done)
    {
        if (done % Events == 0) Thread.Yield();
    }
}
