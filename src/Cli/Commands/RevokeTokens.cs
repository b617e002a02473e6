using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RevokeTokens
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        return shell.Verb("revoke-tokens", "End every token of a service account at once. It can get new ones.", ["eventmesh service-accounts revoke-tokens shop -w acme"], [account, shell.Workspace], async call =>
        {
            var id = await Names.ServiceAccount(call, call.Given(account));
            var revoked = await call.Client.Post(call.InWorkspace($"service-accounts/{id}/revoke-tokens"), (JsonNode?)null, call.Cancel);
            call.Output.Show(revoked, _ => call.Output.Line($"Ended the tokens of {Readable.Line(call.Given(account))}."));
        });
    }
}
