using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetIssuer
{
    public static Command In(Shell shell)
    {
        return shell.Verb("get", "Show the issuer of a workspace's tokens and the state of its signing keys.", ["eventmesh issuer get -w acme"], [shell.Workspace], async call =>
        {
            var found = await call.Client.Get(call.InWorkspace($"issuer"), call.Cancel);
            call.Output.Show(found, answer =>
            {
                call.Output.Details(answer, "issuer", "token_endpoint", "jwks_uri");
                call.Output.Table([.. answer.Each("keys")], ("KID", "kid"), ("STATE", "state"), ("SIGNS FROM", "signs_from"), ("ENDS", "ends_at"));
            });
        });
    }
}
