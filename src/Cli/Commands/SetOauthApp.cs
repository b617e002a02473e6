using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetOauthApp
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Such as hubspot; `oauth-apps providers` lists them." };
        var id = new Option<string>("--client-id") { Description = "As the provider gave it.", Required = true };
        var secret = new Option<string?>("--client-secret") { Description = "A file that holds it, or - for standard input; left out for a public client.", HelpName = "@file|-" };
        return shell.Verb("set", "Set the workspace's app with an OAuth provider. Its secret is never shown.",
            ["eventmesh oauth-apps set hubspot -w acme --client-id abc --client-secret @secret.txt"], [provider, shell.Workspace, id, secret], async call =>
            {
                var request = new JsonObject { ["client_id"] = call.Given(id) };
                if (call.Value(secret) is { } given)
                {
                    if (given != "-" && !given.StartsWith('@'))
                        throw Failure.Usage("--client-secret takes no value itself, for others see command lines", "Put it into a file and give --client-secret @file, or pipe it in and give --client-secret -.");
                    request["client_secret"] = (await JsonInput.Text(call, "--client-secret", given)).TrimEnd('\r', '\n');
                }

                var set = await call.Client.Put(call.InWorkspace($"oauth-apps/{call.Given(provider)}"), request, call.Cancel);
                call.Output.Show(set, _ => call.Output.Line($"Set the app with {Readable.Line(call.Given(provider))}."));
            });
    }
}
