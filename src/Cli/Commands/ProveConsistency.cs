using System.CommandLine;
using System.Globalization;

namespace EventMesh.Cli.Commands;

internal static class ProveConsistency
{
    public static Command In(Shell shell)
    {
        var log = new LogOf();
        var from = new Argument<long>("from") { Description = "How many leaves the log had." };
        var to = new Argument<long?>("to") { Description = "How many it had later; those of the newest checkpoint without it.", Arity = ArgumentArity.ZeroOrOne };
        return shell.Verb("consistency", "Show the proof that the log has only grown.", ["eventmesh log consistency 4096 -w acme", "eventmesh log consistency 4096 9000 -w acme --json"],
            [from, to, shell.Workspace, log.Option], async call =>
            {
                var path = Route.With(log.Path(call, $"consistency"),
                    ("from", call.Given(from).ToString(CultureInfo.InvariantCulture)), ("to", call.Value(to)?.ToString(CultureInfo.InvariantCulture)));
                call.Output.Show(await call.Client.Get(path, call.Cancel), proof =>
                {
                    call.Output.Details(proof, "from", "to");
                    foreach (var hash in proof.Each("proof")) call.Output.Line("  " + Readable.Text(hash));
                });
            });
    }
}
