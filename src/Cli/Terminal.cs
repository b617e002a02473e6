namespace EventMesh.Cli;

/// <summary>Everything outside the process that a command may touch, besides the server: so that a test can be the outside.</summary>
/// <param name="Variable">An environment variable; null when it is not set.</param>
/// <param name="Width">Columns to lay tables out in; a pipe gets as many as a row needs.</param>
internal sealed record Terminal(
    TextWriter Out, TextWriter Error, Func<Stream> In, Func<string, string?> Variable,
    bool OutIsTerminal, bool ErrorIsTerminal, int Width)
{
    public const int UnboundedWidth = 10_000;

    /// <summary>https://no-color.org: any value that is not empty turns colours off.</summary>
    public bool Colours => OutIsTerminal && Set("NO_COLOR") is null && Variable("TERM") != "dumb";

    /// <summary>A variable set to nothing counts as not set.</summary>
    public string? Set(string variable) => Variable(variable) is { Length: > 0 } value ? value : null;

    public static Terminal OfThisProcess() => new(
        Console.Out, Console.Error, Console.OpenStandardInput, Environment.GetEnvironmentVariable,
        !Console.IsOutputRedirected, !Console.IsErrorRedirected,
        Console.IsOutputRedirected ? UnboundedWidth : Math.Max(Console.WindowWidth, 40));
}
