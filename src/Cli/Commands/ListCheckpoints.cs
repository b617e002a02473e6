using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListCheckpoints
{
    public static Command In(Shell shell)
    {
        var log = new LogOf();
        var pages = new Pages();
        return shell.Verb("checkpoints", "List the checkpoints of a log, newest first.", ["eventmesh log checkpoints -w acme", "eventmesh log checkpoints -w acme --all --json"],
            [shell.Workspace, log.Option, .. pages.Options], call =>
                pages.Show(call, log.Path(call, $"checkpoints"), "Nothing was signed of this log yet.", ("SIZE", "size"), ("ROOT", "root"), ("AT", "at")));
    }
}
