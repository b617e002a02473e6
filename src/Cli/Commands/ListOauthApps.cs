using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListOauthApps
{
    public static Command In(Shell shell) => shell.Verb("list", "List the apps with OAuth providers: the workspace's own, and the platform's where it has none.",
        ["eventmesh oauth-apps list -w acme"], [shell.Workspace], async call =>
        {
            var found = await call.Client.Get(call.InWorkspace($"oauth-apps"), call.Cancel);
            call.Output.Show(found, answer => call.Output.Table(answer.Each("items"), ("PROVIDER", "provider"), ("CLIENT ID", "client_id"), ("SECRET", "has_secret"), ("PLATFORM'S", "platform"), ("SET", "set_at")));
        });
}
