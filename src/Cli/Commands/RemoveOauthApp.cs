using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RemoveOauthApp
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Such as hubspot." };
        return shell.Verb("remove", "Remove the workspace's app with an OAuth provider. What it was given cannot be renewed any more.",
            ["eventmesh oauth-apps remove hubspot -w acme"], [provider, shell.Workspace], async call =>
            {
                var removed = await call.Client.Delete(call.InWorkspace($"oauth-apps/{call.Given(provider)}"), call.Cancel);
                call.Output.Show(removed, _ => call.Output.Line($"Removed the app with {Readable.Line(call.Given(provider))}."));
            });
    }
}
