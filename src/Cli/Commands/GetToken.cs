using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetToken
{
    public static Command In(Shell shell)
    {
        var account = new Option<string?>("--account") { Description = "The id of a service account, which proves itself by --secret. Without it the API key of this command line is exchanged.", HelpName = "sa_…" };
        var secret = new Option<string?>("--secret") { Description = "The account's secret: a file, so that it stays out of the shell's history.", HelpName = "@file|-" };
        var roles = new Option<string[]>("--role") { Description = "Only these of its roles.", HelpName = "ROLE", AllowMultipleArgumentsPerToken = true };
        return shell.Verb("token", "Get an access token of a workspace's issuer, and print it.",
            ["eventmesh token -w acme --role publisher", "eventmesh token -w acme --account sa_… --secret @secret"], [shell.Workspace, account, secret, roles], async call =>
            {
                var form = new Dictionary<string, string>();
                if (call.Value(account) is { } id)
                {
                    if (call.Value(secret) is not { } given || (given != "-" && !given.StartsWith('@')))
                        throw Failure.Usage("--account needs a secret, and not on the command line, which others see", "Give --secret @file, or pipe it in and give --secret -.");
                    (form["grant_type"], form["client_id"], form["client_secret"]) = ("client_credentials", id, (await JsonInput.Text(call, "--secret", given)).Trim());
                }
                else
                {
                    form["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange";
                    form["subject_token_type"] = "urn:eventmesh:token-type:api-key";
                    form["subject_token"] = call.Credentials.For(call.InWorkspace($"events")) is { } key && key.StartsWith("emk_", StringComparison.Ordinal) ? key
                        : throw Failure.Usage("there is no API key to exchange", "Set EVENTMESH_TOKEN to a key of the workspace, or give --account and --secret.");
                }

                if (call.Value(roles) is { Length: > 0 } some)
                    form["scope"] = string.Join(' ', some);
                using var client = call.Anonymous();
                using var body = new FormUrlEncodedContent(form);
                var issued = await client.Post(Route.To($"/issuers/{call.Workspace}/token"), body, call.Cancel);
                call.Output.Show(issued, answer =>
                {
                    call.Output.Line(answer.Text("access_token"));
                    call.Output.Note($"→ Holds for {answer.Text("expires_in")} s, with the roles {answer.Text("scope")}.");
                });
            });
    }
}
