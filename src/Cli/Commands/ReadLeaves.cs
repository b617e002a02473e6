using System.CommandLine;
using System.Globalization;

namespace EventMesh.Cli.Commands;

internal static class ReadLeaves
{
    private const int PageLeaves = 10_000;

    public static Command In(Shell shell)
    {
        var log = new LogOf();
        var from = new Option<long>("--from") { Description = "The index of the first, from 0.", HelpName = "LEAF", DefaultValueFactory = _ => 0 };
        return shell.Verb("leaves", "Print the leaf hashes of a log, as pages of JSON, one a line: what `eventmesh verify --leaves` reads.",
            ["eventmesh log leaves -w acme > leaves.ndjson"], [shell.Workspace, log.Option, from], async call =>
            {
                for (var next = call.Value(from); ;)
                {
                    var path = Route.With(log.Path(call, $"leaves"), ("from", next.ToString(CultureInfo.InvariantCulture)), ("limit", PageLeaves.ToString(CultureInfo.InvariantCulture)));
                    var page = await call.Client.Get(path, call.Cancel);
                    var leaves = page.Each("leaves").Length;
                    if (leaves > 0) call.Output.Line(page.Body);
                    next += leaves;
                    if (leaves < PageLeaves) return;
                }
            });
    }
}
