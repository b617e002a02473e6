using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RotateSecret
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        var overlap = new Option<string?>("--overlap") { Description = "How long the old secrets still sign beside the new one: a day by default, 7 at most; 0s ends them at once.", HelpName = "24h" };
        var scheme = new Option<string?>("--scheme") { Description = "How the new one signs; as before when left out." };
        scheme.AcceptOnlyFromAmong("hmac", "ed25519");
        var own = new Option<string?>("--own-secret") { Description = "A secret of your own (whsec_…), in place of one made by the server: a file, so that it stays out of the shell's history.", HelpName = "@file|-" };
        return shell.Verb("rotate-secret", "Make a new signing secret, shown once. Old ones sign on until the overlap ends.",
            ["eventmesh connections rotate-secret orders -w acme", "eventmesh connections rotate-secret orders -w acme --overlap 0s", "eventmesh connections rotate-secret orders -w acme --scheme ed25519 --overlap 7d"],
            [connection, shell.Workspace, overlap, scheme, own], async call =>
            {
                var request = new JsonObject();
                if (call.Value(overlap) is { } pause)
                    request["overlap_seconds"] = Pause.Seconds(pause, "--overlap 24h");
                if (call.Value(scheme) is { } wanted)
                    request["scheme"] = wanted;
                if (call.Value(own) is { } brought)
                    request["secret"] = (await JsonInput.Text(call, "--own-secret", brought)).Trim();
                var id = await Names.Connection(call, call.Given(connection));
                var rotated = await call.Client.Post(call.InWorkspace($"connections/{id}/secret/rotate"), request, call.Cancel);
                call.Output.Show(rotated, answer =>
                {
                    call.Output.Line($"{Readable.Line(call.Given(connection))} has a new signing secret.");
                    call.Output.Details(answer, "id", "scheme", "secret", "public_key", "overlap_ends_at");
                    call.Output.Note(answer.Text("secret").Length > 0 ? "→ The secret is shown only now." : "→ Receivers verify with the public key; `connections secrets` shows it again.");
                });
            });
    }
}
