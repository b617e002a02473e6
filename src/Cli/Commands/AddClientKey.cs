using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AddClientKey
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        var jwk = new Option<string>("--jwk") { Description = "The public key as a JWK.", HelpName = "JSON|@file|-", Required = true };
        return shell.Verb("add-key", "Let a service account prove itself by a key of its own, of which only the public half is given (private_key_jwt).",
            ["eventmesh service-accounts add-key shop -w acme --jwk @public.jwk"], [account, shell.Workspace, jwk], async call =>
            {
                var body = new JsonObject { ["kind"] = "jwk", ["jwk"] = await JsonInput.ReadObject(call, "--jwk", call.Given(jwk)) };
                var id = await Names.ServiceAccount(call, call.Given(account));
                var made = await call.Client.Post(call.InWorkspace($"service-accounts/{id}/credentials"), body, call.Cancel);
                call.Output.Show(made, answer => call.Output.Details(answer, "id", "kid"));
            });
    }
}
