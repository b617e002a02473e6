using System.Diagnostics;

namespace EventMesh.Cli;

/// <summary>How far long work is: a line rewritten in place on a terminal, a line now and then in a log.</summary>
internal sealed class Progress(Terminal terminal, string what)
{
    private readonly Stopwatch sinceStart = Stopwatch.StartNew();
    private readonly TimeSpan interval = terminal.ErrorIsTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10);
    private TimeSpan shown;
    private bool isLineOpen;

    public void Report(int count)
    {
        if (sinceStart.Elapsed - shown < interval)
            return;
        shown = sinceStart.Elapsed;
        var line = $"{count:N0} {what}, {count / shown.TotalSeconds:N0}/s";
        if (!terminal.ErrorIsTerminal)
        {
            terminal.Error.WriteLine(line);
            return;
        }

        terminal.Error.Write($"\r{line}   ");
        isLineOpen = true;
    }

    /// <summary>Ends the line in place, so that what follows begins on its own.</summary>
    public void End()
    {
        if (isLineOpen)
            terminal.Error.WriteLine();
        isLineOpen = false;
    }
}
