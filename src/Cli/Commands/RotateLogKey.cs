using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RotateLogKey
{
    public static Command In(Shell shell)
    {
        var overlap = new Option<string?>("--overlap") { Description = "How long the keys before it sign too, such as 30d or 0s: 30 days without it.", HelpName = "TIME" };
        return shell.Verb("rotate-key", "Sign checkpoints and receipts with another key from now on (admin).",
            ["eventmesh log rotate-key", "eventmesh log rotate-key --overlap 0s"], [overlap], async call =>
            {
                var body = new JsonObject();
                if (call.Value(overlap) is { } given) body["overlap_seconds"] = Pause.Seconds(given, "--overlap 30d");
                ListLogKeys.Show(call, await call.Client.Post("/v1/log/keys/rotate", body, call.Cancel));
            });
    }
}
