namespace EventMesh.Domain.Workspaces;

/// <summary>What a purge has done so far. In the platform's own history, for the workspace's is what it destroys.</summary>
public abstract record PurgeEvent
{
    private PurgeEvent() { }

    /// <param name="AskedBy">The id of whoever closed the workspace.</param>
    public sealed record PurgeStarted(string Workspace, PurgedStreams Streams, string AskedBy, DateTimeOffset At) : PurgeEvent;

    /// <param name="Counts">What was destroyed, by what it is: names of tables, and of what is not in a table.</param>
    public sealed record PurgeStepDone(PurgeStep Step, IReadOnlyDictionary<string, long> Counts, DateTimeOffset StartedAt, DateTimeOffset At) : PurgeEvent;

    /// <param name="MasterKeys">The ids of the master keys that had wrapped the data keys, in order.</param>
    /// <param name="DataKeys">The numbers of the data keys that were destroyed, in order.</param>
    /// <param name="BackupsUnreadable">Whether the erasure key is gone that every one of them was wrapped with; else backups stay readable for who has the master keys.</param>
    /// <param name="LogSize">How many events the last checkpoint of its log covers; null when there was none.</param>
    /// <param name="LogRoot">The root of that checkpoint, base64.</param>
    public sealed record PurgeFinished(
        IReadOnlyList<string> MasterKeys, IReadOnlyList<int> DataKeys, bool BackupsUnreadable, long? LogSize, string? LogRoot, DateTimeOffset At) : PurgeEvent;
}

/// <summary>The steps of a purge, in the order in which they are taken: what may act goes first, what can open goes before what it opens.</summary>
public enum PurgeStep
{
    /// <summary>Every node has heard of it, and whatever it had under way is over.</summary>
    Stop,

    /// <summary>Tokens are given back to their providers.</summary>
    Tokens,

    /// <summary>The database accepts nothing more of it, and every reader of the feed has come to its end.</summary>
    Shut,

    /// <summary>Erasure key, data keys and secrets.</summary>
    Keys,

    /// <summary>Queues at the broker and in the nodes.</summary>
    Queues,

    /// <summary>Bodies of events, requests and answers.</summary>
    Payloads,

    /// <summary>The history, or all but its skeletons.</summary>
    Streams,

    /// <summary>Everything else in the database.</summary>
    Rows,

    /// <summary>A last look at everything, for what somebody who had fallen behind may have left.</summary>
    Sweep,
}

public abstract record Purge
{
    private Purge() { }

    public sealed record Unknown : Purge;
    public sealed record Running(PurgeEvent.PurgeStarted Started, IReadOnlyList<PurgeEvent.PurgeStepDone> Done) : Purge;
    public sealed record Finished(PurgeEvent.PurgeStarted Started, IReadOnlyList<PurgeEvent.PurgeStepDone> Done, PurgeEvent.PurgeFinished Ended) : Purge;

    public static readonly Purge Initial = new Unknown();

    /// <summary>The stream of the platform's history that tells of a workspace's purge.</summary>
    public static string StreamOf(string workspace) => $"purge-{workspace}";

    public static Purge Evolve(Purge state, PurgeEvent happened) => (state, happened) switch
    {
        (Unknown, PurgeEvent.PurgeStarted started) => new Running(started, []),
        (Running running, PurgeEvent.PurgeStepDone done) => running with { Done = [.. running.Done, done] },
        (Running running, PurgeEvent.PurgeFinished finished) => new Finished(running.Started, running.Done, finished),
        _ => state,
    };
}
