namespace EventMesh.EventStore;

/// <summary>The stream is not at the version that the append expected: somebody was faster.</summary>
public sealed class VersionConflict(string workspace, string stream, long expected, long actual)
    : Exception($"Stream {stream} of {workspace} was expected at version {expected} and is at {actual}.")
{
    public string Stream { get; } = stream;
    public long Expected { get; } = expected;
    public long Actual { get; } = actual;
    /// <summary>The append was to begin the stream, and it exists.</summary>
    public bool IsDuplicate => Expected == 0;
}

/// <summary>The database cannot store this event: its data is not JSON, or not JSON that PostgreSQL accepts (a NUL character, an unpaired surrogate, a number out of range).</summary>
public sealed class EventRefused(string stream, string reason, Exception? inner = null) : Exception($"An event of stream {stream} cannot be stored: {reason}", inner)
{
    public string Stream { get; } = stream;
}

/// <summary>The stream has more events than may be folded at once.</summary>
public sealed class StreamTooLong(string stream, int eventsMax) : Exception($"Stream {stream} has more than {eventsMax} events; it is too long to fold.");

/// <summary>The database did not answer. What was to be appended may or may not be stored; deciding again finds out.</summary>
public sealed class StoreUnavailable(Exception inner) : Exception("The event store did not answer: " + inner.Message, inner);
