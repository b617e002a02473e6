using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class TestIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        return shell.Verb("test", "Ask an identity provider for its keys, and show what was found.", ["eventmesh identity-providers test keycloak -w acme"], [provider, shell.Workspace], async call =>
        {
            var id = await Names.IdentityProvider(call, call.Given(provider));
            var tried = await call.Client.Post(call.InWorkspace($"identity-providers/{id}/test"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(tried, answer => call.Output.Details(answer, "ok", "problems", "discovery_url", "jwks_uri", "algorithms_supported", "keys", "passed_over"));
        });
    }
}
