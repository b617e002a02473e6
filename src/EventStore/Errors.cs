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

/// <summary>The stream is archived: it is read as ever, and never appended to again.</summary>
public sealed class StreamArchived(string workspace, string stream) : Exception($"Stream {stream} of {workspace} is archived.")
{
    public string Stream { get; } = stream;
}

/// <summary>The database cannot store this event: its data is not JSON, or not JSON that PostgreSQL accepts (a NUL character, an unpaired surrogate, a number out of range),
/// or one of its names is empty or too long.</summary>
public sealed class EventRefused(string stream, string reason, Exception? inner = null) : Exception($"An event of stream {stream} cannot be stored: {reason}", inner)
{
    public string Stream { get; } = stream;
}

/// <summary>The stream has more events than may be folded at once.</summary>
public sealed class StreamTooLong(string stream, int eventsMax) : Exception($"Stream {stream} has more than {eventsMax} events; it is too long to fold.");

/// <summary>The database did not answer. What was to be appended may or may not be stored; deciding again finds out.</summary>
public sealed class StoreUnavailable(Exception inner) : Exception("The event store did not answer: " + inner.Message, inner);

/// <summary>The session that held a lease has ended: another runner may hold it now.</summary>
public sealed class LeaseLost(string name) : Exception($"The lease of {name} is lost.");
