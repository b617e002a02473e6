using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class TrustIdentityProvider
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name." };
        var issuer = new Option<string>("--issuer") { Description = "Its issuer, letter by letter as its tokens have it.", HelpName = "URL", Required = true };
        var options = new ProviderOptions();
        return shell.Verb("trust", "Let in whoever has a token of an identity provider that fits.",
            ["eventmesh identity-providers trust keycloak -w acme --issuer https://id.acme.example/realms/main --audience eventmesh --roles-claim realm_access.roles --role admins=operator --role devs=developer"],
            [name, issuer, .. options.All, shell.Workspace], async call =>
            {
                var body = options.Read(call);
                (body["name"], body["issuer"]) = (call.Given(name), call.Given(issuer));
                var trusted = await call.Client.Post(call.InWorkspace($"identity-providers"), body, call.Cancel);
                call.Output.Show(trusted, provider =>
                {
                    call.Output.Line($"{call.Workspace} trusts {Readable.Line(call.Given(name))}.");
                    call.Output.Details(provider, "id", "issuer", "audiences", "algorithms", "tenant_claim", "tenant_value");
                    call.Output.Note($"→ Try it: eventmesh identity-providers test {provider.Text("id")} -w {call.Workspace}");
                });
            });
    }
}
