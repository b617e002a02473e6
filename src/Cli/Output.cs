using System.Text.Json;
using Spectre.Console;

namespace EventMesh.Cli;

/// <summary>
/// Results go to standard output, everything else to standard error, so that a pipe carries results alone.
/// With <c>--json</c> the result is the server's JSON as it came.
/// </summary>
internal sealed class Output(Terminal terminal, bool json)
{
    public bool Json => json;
    public Terminal Terminal => terminal;

    private readonly IAnsiConsole console = ConsoleOn(terminal, terminal.Out);

    /// <summary>One result: as it came for programs, in <paramref name="words"/> for people.</summary>
    public void Show(Answer answer, Action<Answer> words)
    {
        if (!json)
            words(answer);
        else if (answer.Body.Length > 0)
            Line(answer.Body);
    }

    public void Line(string text) => terminal.Out.WriteLine(text);

    /// <summary>A text to the letter, with its own end of line, for whoever keeps it in a file.</summary>
    public void Raw(string text) => terminal.Out.Write(text);

    /// <summary>A line whose parts may be coloured; the parts come as text, not as markup.</summary>
    public void Line(params (string Text, Color Colour)[] parts)
    {
        foreach (var (text, colour) in parts)
            console.Write(new Text(text, new Style(colour)));
        console.WriteLine();
    }

    /// <summary>For people, beside the result: hints, progress, what is being waited for.</summary>
    public void Note(string text) => terminal.Error.WriteLine(text);

    /// <summary>Names and values below each other; what has no value is left out.</summary>
    public void Details(params (string Name, string Value)[] details)
    {
        var known = details.Where(detail => detail.Value.Length > 0).ToArray();
        var width = known.Select(detail => detail.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, value) in known)
            Line(($"  {name.PadRight(width)}  ", Color.Grey), (value, Colour(value)));
    }

    public void Details(Answer answer, params string[] paths) =>
        Details([.. paths.Select(path => (path[(path.LastIndexOf('.') + 1)..].Replace('_', ' '), answer.Text(path)))]);

    /// <summary>Rows under headings; a column that is empty in every row is left out.</summary>
    /// <param name="columns">Headings with the path of their value in an item.</param>
    public void Table(IReadOnlyList<JsonElement> items, params (string Heading, string Path)[] columns)
    {
        var filled = columns.Where(column => items.Any(item => Readable.At(item, column.Path).Length > 0)).ToArray();
        var table = new Table().NoBorder();
        foreach (var column in filled)
        {
            var heading = new TableColumn(new Text(column.Heading, new Style(Color.Grey))).PadLeft(0).PadRight(2);
            table.AddColumn(column.Path == "id" ? heading.NoWrap() : heading);
        }

        foreach (var item in items)
            table.AddRow(filled.Select(column => Readable.At(item, column.Path)).Select(text => new Text(text, new Style(Colour(text)))));
        // Spectre fills the last column up with spaces; whoever copies or compares lines does not want them.
        var drawn = new StringWriter();
        ConsoleOn(terminal, drawn).Write(table);
        foreach (var line in drawn.ToString().TrimEnd().Split('\n'))
            Line(line.TrimEnd());
    }

    public void Fail(Failure failure)
    {
        if (json && failure.Problem is { } problem)
        {
            terminal.Error.WriteLine(problem);
            return;
        }

        terminal.Error.WriteLine($"eventmesh: {failure.Message}");
        if (failure.Next is { } next)
            terminal.Error.WriteLine($"→ {next}");
    }

    private static Color Colour(string text) => text switch
    {
        "enabled" or "delivered" or "succeeded" => Color.Green,
        "scheduled" or "retrying" => Color.Yellow,
        "disabled" or "dead_lettered" or "failed" => Color.Red,
        "discarded" or "deleted" => Color.Grey,
        _ => Color.Default,
    };

    private static IAnsiConsole ConsoleOn(Terminal terminal, TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new SizedOutput(terminal, writer),
        Ansi = terminal.Colours ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = terminal.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
    });

    private sealed class SizedOutput(Terminal terminal, TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;
        public bool IsTerminal => terminal.OutIsTerminal;
        public int Width => terminal.Width;
        public int Height => 24;
        public void SetEncoding(System.Text.Encoding encoding) { }
    }
}
