using System.Text;
using EventMesh.Cli;

namespace EventMesh.Tests.Unit.Cli;

/// <summary>Somebody at a prompt: types a command, sees what it prints and how it ends.</summary>
internal sealed class Prompt(string server)
{
    private readonly Lines output = new();
    private readonly Lines error = new();

    public Dictionary<string, string> Variables { get; } = new() { ["EVENTMESH_SERVER"] = server, ["EVENTMESH_HOME"] = "/nonexistent" };

    public string Input { get; init; } = "";

    public bool IsTerminal { get; init; }

    public string Out => output.ToString();

    public string Error => error.ToString();

    public Task<int> Type(params string[] args) => Type(CancellationToken.None, args);

    public Task<int> Type(CancellationToken interrupt, params string[] args) => EventMeshCommand.Run(
        args,
        new Terminal(output, error, () => new MemoryStream(Encoding.UTF8.GetBytes(Input)), Variables.GetValueOrDefault, IsTerminal, IsTerminal, 200),
        interrupt);

    /// <summary>The next line on standard error that holds <paramref name="text"/>, as soon as it is written.</summary>
    public Task<string> Notes(string text) => error.Next(text);

    /// <summary>The next line of the result that holds <paramref name="text"/>, as soon as it is written.</summary>
    public Task<string> Prints(string text) => output.Next(text);

    private sealed class Lines : StringWriter
    {
        private readonly System.Threading.Channels.Channel<string> written = System.Threading.Channels.Channel.CreateUnbounded<string>();
        private readonly Lock writing = new();

        public override void Write(char value)
        {
            lock (writing) base.Write(value);
        }

        public override void Write(string? value)
        {
            lock (writing) base.Write(value);
        }

        public override void WriteLine(string? value)
        {
            lock (writing) base.WriteLine(value);
            written.Writer.TryWrite(value ?? "");
        }

        public override string ToString()
        {
            lock (writing) return base.ToString();
        }

        public async Task<string> Next(string text)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                if (await written.Reader.ReadAsync(deadline.Token) is var line && line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
    }
}
