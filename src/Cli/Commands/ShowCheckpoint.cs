using System.CommandLine;
using System.Globalization;

namespace EventMesh.Cli.Commands;

internal static class ShowCheckpoint
{
    public static Command In(Shell shell)
    {
        var log = new LogOf();
        var size = new Option<long?>("--size") { Description = "That of so many leaves, instead of the newest.", HelpName = "LEAVES" };
        return shell.Verb("checkpoint", "Print the newest checkpoint of a log, as it was signed.",
            ["eventmesh log checkpoint -w acme > acme.note", "eventmesh log checkpoint -w acme --size 4096", "eventmesh log checkpoint --platform"],
            [shell.Workspace, log.Option, size], async call =>
                call.Output.Raw(await call.Client.Text(Route.With(log.Path(call, $"checkpoint"), ("size", call.Value(size)?.ToString(CultureInfo.InvariantCulture))), call.Cancel)));
    }
}
