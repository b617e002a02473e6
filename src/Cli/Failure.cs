namespace EventMesh.Cli;

/// <summary>Why the command ends without its result: one sentence, and what to do next.</summary>
/// <param name="code">One of <see cref="ExitCode"/>.</param>
/// <param name="next">What the reader can do about it; null when there is nothing to say.</param>
/// <param name="problem">The server's Problem Details as it wrote them, for <c>--json</c>.</param>
internal sealed class Failure(int code, string message, string? next = null, string? problem = null) : Exception(message)
{
    public int Code => code;
    public string? Next => next;
    public string? Problem => problem;

    public static Failure Usage(string message, string? next = null) => new(ExitCode.Usage, message, next);
}
