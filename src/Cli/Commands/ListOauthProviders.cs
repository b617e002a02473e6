using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListOauthProviders
{
    public static Command In(Shell shell) => shell.Verb("providers", "List the OAuth providers, and the redirect address to register with them.",
        ["eventmesh oauth-apps providers -w acme"], [shell.Workspace], async call =>
        {
            var found = await call.Client.Get(call.InWorkspace($"oauth-providers"), call.Cancel);
            call.Output.Show(found, answer => call.Output.Table(answer.Each("items"), ("ID", "id"), ("NAME", "name"), ("APP", "has_app"), ("DEFAULT SCOPES", "default_scopes"), ("REDIRECT URI", "redirect_uri")));
        });
}
