using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RetireIssuerKey
{
    public static Command In(Shell shell)
    {
        var kid = new Argument<string>("kid") { Description = "The key, which get shows." };
        return shell.Verb("retire", "Take a signing key out of use at once, with every token that it signed.", ["eventmesh issuer retire KID -w acme"], [kid, shell.Workspace], async call =>
        {
            var retired = await call.Client.Post(call.InWorkspace($"issuer/keys/{call.Given(kid)}/retire"), (JsonNode?)null, call.Cancel);
            call.Output.Show(retired, answer =>
            {
                call.Output.Line($"Retired {Readable.Line(call.Given(kid))}.");
                call.Output.Table([.. answer.Each("keys")], ("KID", "kid"), ("STATE", "state"), ("SIGNS FROM", "signs_from"), ("ENDS", "ends_at"));
            });
        });
    }
}
