using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ChangeIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        var name = new Option<string?>("--name") { Description = "Its name from now on.", HelpName = "NAME" };
        var options = new ProviderOptions();
        return shell.Verb("change", "Change what is believed of an identity provider's tokens. Values of --role that are not given stay.",
            ["eventmesh identity-providers change keycloak -w acme --role auditors=auditor"], [provider, name, .. options.All, shell.Workspace], async call =>
            {
                var body = options.Read(call);
                if (call.Value(name) is { } given) body["name"] = given;
                if (body.Count == 0) throw Failure.Usage("nothing to change", "Give --audience, --role or another; `eventmesh identity-providers get` shows what holds.");
                var id = await Names.IdentityProvider(call, call.Given(provider));
                var changed = await call.Client.Patch(call.InWorkspace($"identity-providers/{id}"), body, call.Cancel);
                call.Output.Show(changed, answer => call.Output.Details(answer, "id", "name", "status", "audiences", "algorithms", "roles_claim", "roles", "tenant_claim", "tenant_value", "require_tenant_id"));
            });
    }
}
