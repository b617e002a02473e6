using System.CommandLine;

namespace EventMesh.Cli;

/// <summary>What every command shares: the terminal, the options known everywhere, and the form of a command.</summary>
internal sealed class Shell(Terminal terminal)
{
    public Terminal Terminal => terminal;

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"Where EventMesh answers (EVENTMESH_SERVER; otherwise {Call.DefaultServer}).",
        HelpName = "URL", Recursive = true,
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "Admin token or API key (EVENTMESH_TOKEN; otherwise the key kept for the workspace, or a local server's $EVENTMESH_HOME/admin-token).",
        HelpName = "TOKEN", Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the server's JSON, for programs.", Recursive = true };

    public Option<string?> Workspace { get; } = new("--workspace", "-w") { Description = "The workspace (EVENTMESH_WORKSPACE).", HelpName = "WORKSPACE" };

    /// <summary>For what can be shown as it was.</summary>
    public Option<string?> At { get; } = new("--at") { Description = "Show it as it was: a time such as 2026-11-21T12:00:00Z, or a position of the history.", HelpName = "MOMENT" };

    /// <summary>An option that names files or the like, and may be given several times.</summary>
    public static Option<string[]> Files(string name, string description) => new(name) { Description = description, HelpName = "FILE", AllowMultipleArgumentsPerToken = false };

    /// <summary>A command that does something.</summary>
    /// <param name="examples">Whole command lines, shown by <c>--help</c>.</param>
    /// <param name="symbols">Its arguments and options, in the order of its help.</param>
    public Command Verb(string name, string description, string[] examples, Symbol[] symbols, Func<Call, Task> run)
    {
        var command = new Documented(name, description, examples);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            using var call = new Call(this, parsed, cancel);
            await run(call);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A command that only holds others, and shows an example of each.</summary>
    public static Command Noun(string name, string description, params Command[] verbs)
    {
        var noun = new Documented(name, description, [.. verbs.Cast<Documented>().Select(verb => verb.Examples[0])]);
        foreach (var verb in verbs)
            noun.Add(verb);
        return noun;
    }
}
