using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RevokeClientCredential
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        var credential = new Argument<string>("credential") { Description = "Its id, which get shows." };
        return shell.Verb("revoke-credential", "Revoke a secret or a key of a service account. Tokens that it got hold until they expire; revoke-tokens ends them.",
            ["eventmesh service-accounts revoke-credential shop crd_… -w acme"], [account, credential, shell.Workspace], async call =>
            {
                var id = await Names.ServiceAccount(call, call.Given(account));
                var revoked = await call.Client.Delete(call.InWorkspace($"service-accounts/{id}/credentials/{call.Given(credential)}"), call.Cancel);
                call.Output.Show(revoked, _ => call.Output.Line($"Revoked {Readable.Line(call.Given(credential))}."));
            });
    }
}
