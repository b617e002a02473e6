using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RotateSourceSecret
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        var secret = new Option<string?>("--secret") { Description = "The provider's secret; a file keeps it out of the shell's history. Made and shown once when left out.", HelpName = "SECRET|@file|-" };
        var overlap = new Option<string?>("--overlap") { Description = "How long the secrets of before hold, too: a day by default, 7 at most; 0s ends them at once.", HelpName = "24h" };
        return shell.Verb("rotate-secret", "Give a source a new secret; the one of before holds for a while longer.",
            ["eventmesh sources rotate-secret github -w acme", "eventmesh sources rotate-secret stripe -w acme --secret @stripe-secret --overlap 3d"],
            [source, shell.Workspace, secret, overlap], async call =>
            {
                var id = await Names.Source(call, call.Given(source));
                var request = new JsonObject();
                if (call.Value(secret) is { } given)
                    request["secret"] = (await JsonInput.Text(call, "--secret", given)).TrimEnd('\r', '\n');
                if (call.Value(overlap) is { } pause)
                    request["overlap_seconds"] = Pause.Seconds(pause, "--overlap 24h");
                var rotated = await call.Client.Post(call.InWorkspace($"sources/{id}/rotate-secret"), request, call.Cancel);
                call.Output.Show(rotated, answer =>
                {
                    call.Output.Line($"Rotated the secret of {Readable.Line(call.Given(source))}.");
                    call.Output.Details(answer, "secret");
                    call.Output.Note("→ Give it to the provider before the overlap ends; a secret made here is shown only now.");
                });
            });
    }
}
