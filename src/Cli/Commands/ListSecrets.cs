using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListSecrets
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("secrets", "List the secrets that sign a connection's webhooks, newest first; never their values.",
            ["eventmesh connections secrets orders -w acme"], [connection, shell.Workspace], async call =>
            {
                var id = await Names.Connection(call, call.Given(connection));
                var found = await call.Client.Get(call.InWorkspace($"connections/{id}/secrets"), call.Cancel);
                call.Output.Show(found, answer => call.Output.Table(answer.Each("items"),
                    ("ID", "id"), ("SCHEME", "scheme"), ("PUBLIC KEY", "public_key"), ("CREATED", "created_at"), ("EXPIRES", "expires_at")));
            });
    }
}
