using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class EnableIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        return shell.Verb("enable", "Accept an identity provider's tokens again.", ["eventmesh identity-providers enable keycloak -w acme"], [provider, shell.Workspace], async call =>
        {
            var id = await Names.IdentityProvider(call, call.Given(provider));
            var changed = await call.Client.Patch(call.InWorkspace($"identity-providers/{id}"), new JsonObject { ["status"] = "enabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Enabled {Readable.Line(call.Given(provider))}."));
        });
    }
}
