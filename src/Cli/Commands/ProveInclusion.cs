using System.CommandLine;
using System.Globalization;

namespace EventMesh.Cli.Commands;

internal static class ProveInclusion
{
    public static Command In(Shell shell)
    {
        var log = new LogOf();
        var stream = new Argument<string>("stream") { Description = "The event's stream, such as con_… or evt_…" };
        var version = new Argument<long>("version") { Description = "Its place in the stream, from 1." };
        var size = new Option<long?>("--size") { Description = "For the log of so many leaves; that of the newest checkpoint without it.", HelpName = "LEAVES" };
        return shell.Verb("inclusion", "Show the proof that an event is in the log.", ["eventmesh log inclusion con_01jd… 3 -w acme", "eventmesh log inclusion workspace 1 -w acme --size 4096 --json"],
            [stream, version, shell.Workspace, log.Option, size], async call =>
            {
                var path = Route.With(log.Path(call, $"inclusion"), ("stream", call.Given(stream)), ("version", Text(call.Given(version))), ("size", call.Value(size) is { } leaves ? Text(leaves) : null));
                call.Output.Show(await call.Client.Get(path, call.Cancel), proof =>
                {
                    call.Output.Details(proof, "stream", "version", "leaf_index", "leaf_hash", "size");
                    foreach (var hash in proof.Each("proof")) call.Output.Line("  " + Readable.Text(hash));
                });
            });
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
