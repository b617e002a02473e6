namespace EventMesh.Domain.Log;

public abstract record LogKeysCommand
{
    private LogKeysCommand() { }

    /// <summary>Take the first key, unless there is one.</summary>
    public sealed record BeginSigning(string Key, string VerifierKey, DateTimeOffset At) : LogKeysCommand;

    /// <summary>Sign with another key from now on, and for a while with those before it too.</summary>
    public sealed record RotateLogKey(string Key, string VerifierKey, TimeSpan Overlap, DateTimeOffset At) : LogKeysCommand;
}

public static class LogKeysDecider
{
    public static LogKeyEvent[] Decide(LogKeysCommand command, LogKeys state) => command switch
    {
        LogKeysCommand.BeginSigning when state.Current is not null => [],
        LogKeysCommand.BeginSigning begin => [new LogKeyEvent.LogKeyCreated(begin.Key, begin.VerifierKey, begin.At)],
        LogKeysCommand.RotateLogKey rotate => Rotated(rotate, state),
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };

    // One that was to sign for longer ends with the newest overlap: whoever rotates with none does so because a key is not to be trusted any more.
    private static LogKeyEvent[] Rotated(LogKeysCommand.RotateLogKey rotate, LogKeys state)
    {
        var until = rotate.At + rotate.Overlap;
        return
        [
            .. state.Keys.Where(k => k.Until is not { } ends || ends > until).Select(k => new LogKeyEvent.LogKeyRetired(k.Id, until, rotate.At)),
            new LogKeyEvent.LogKeyCreated(rotate.Key, rotate.VerifierKey, rotate.At),
        ];
    }
}
