using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RotateIssuerKey
{
    public static Command In(Shell shell)
    {
        var overlap = new Option<string?>("--overlap") { Description = "How long the new key is shown before it signs: 10m by default, 7d at most; 0s for at once.", HelpName = "10m" };
        return shell.Verb("rotate", "Make the next signing key. The one before is shown until its last token has expired.", ["eventmesh issuer rotate -w acme"], [shell.Workspace, overlap], async call =>
        {
            var body = new JsonObject();
            if (call.Value(overlap) is { } span)
                body["overlap_seconds"] = Pause.Seconds(span, "--overlap 10m");
            var rotated = await call.Client.Post(call.InWorkspace($"issuer/rotate"), body, call.Cancel);
            call.Output.Show(rotated, answer => call.Output.Table([.. answer.Each("keys")], ("KID", "kid"), ("STATE", "state"), ("SIGNS FROM", "signs_from"), ("ENDS", "ends_at")));
        });
    }
}
