using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        return shell.Verb("get", "Show an identity provider.", ["eventmesh identity-providers get keycloak -w acme"], [provider, shell.Workspace, shell.At], async call =>
        {
            var id = await Names.IdentityProvider(call, call.Given(provider));
            var found = await call.Client.Get(call.Then(call.InWorkspace($"identity-providers/{id}")), call.Cancel);
            call.Output.Show(found, answer => call.Output.Details(answer, "id", "name", "status", "issuer", "audiences", "algorithms", "roles_claim", "roles",
                "tenant_claim", "tenant_value", "require_tenant_id", "created_at"));
        });
    }
}
