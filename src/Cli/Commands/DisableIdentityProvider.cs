using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class DisableIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        return shell.Verb("disable", "Refuse an identity provider's tokens until it is enabled again.", ["eventmesh identity-providers disable keycloak -w acme"], [provider, shell.Workspace], async call =>
        {
            var id = await Names.IdentityProvider(call, call.Given(provider));
            var changed = await call.Client.Patch(call.InWorkspace($"identity-providers/{id}"), new JsonObject { ["status"] = "disabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Disabled {Readable.Line(call.Given(provider))}."));
        });
    }
}
