using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AddClientSecret
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        var expires = new Option<string?>("--expires-in") { Description = "How long it is good for; for ever when left out.", HelpName = "90d" };
        return shell.Verb("add-secret", "Make a client secret for a service account, shown once. Others stay good.", ["eventmesh service-accounts add-secret shop -w acme --expires-in 90d"],
            [account, shell.Workspace, expires], async call =>
            {
                var body = new JsonObject { ["kind"] = "secret" };
                if (call.Value(expires) is { } span)
                    body["expires_in_seconds"] = Pause.Seconds(span, "--expires-in 90d");
                var id = await Names.ServiceAccount(call, call.Given(account));
                var made = await call.Client.Post(call.InWorkspace($"service-accounts/{id}/credentials"), body, call.Cancel);
                call.Output.Show(made, answer =>
                {
                    call.Output.Details(answer, "id", "secret", "expires_at");
                    call.Output.Note("→ The secret is shown only now.");
                });
            });
    }
}
