using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace EventMesh.Cli;

/// <summary>A command whose <c>--help</c> ends with examples.</summary>
internal sealed class Documented : Command
{
    /// <param name="examples">Whole command lines, the plainest first.</param>
    public Documented(string name, string description, string[] examples) : base(name, description)
    {
        Examples = examples;
        Options.Add(new HelpOption { Action = new HelpWithExamples(examples) });
    }

    public IReadOnlyList<string> Examples { get; }

    private sealed class HelpWithExamples(string[] examples) : SynchronousCommandLineAction
    {
        private readonly HelpAction help = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
            foreach (var example in examples)
                output.WriteLine($"  {example}");
            return ExitCode.Ok;
        }
    }
}
