namespace EventMesh.Cli;

/// <summary>A length of time as people write it: <c>5s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>.</summary>
internal static class Pause
{
    /// <param name="example">How it is given, for the message.</param>
    /// <exception cref="Failure">It is not one.</exception>
    public static int Seconds(string pause, string example)
    {
        var factor = pause switch { [.., 'd'] => 86_400, [.., 'h'] => 3600, [.., 'm'] => 60, _ => 1 };
        return int.TryParse(pause.TrimEnd('s', 'm', 'h', 'd'), out var number) && number >= 0 && number <= int.MaxValue / factor
            ? number * factor
            : throw Failure.Usage($"`{Readable.Line(pause)}` is not a pause", $"Give whole numbers with s, m, h or d: {example}.");
    }
}
