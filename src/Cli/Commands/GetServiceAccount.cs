using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetServiceAccount
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        return shell.Verb("get", "Show a service account and its credentials, without secrets.", ["eventmesh service-accounts get shop -w acme"], [account, shell.Workspace, shell.At], async call =>
        {
            var id = await Names.ServiceAccount(call, call.Given(account));
            var found = await call.Client.Get(call.Then(call.InWorkspace($"service-accounts/{id}")), call.Cancel);
            call.Output.Show(found, answer =>
            {
                call.Output.Details(answer, "id", "name", "roles", "status", "token_seconds", "created_at");
                if (answer.Each("credentials").ToList() is { Count: > 0 } credentials)
                    call.Output.Table(credentials, ("CREDENTIAL", "id"), ("KIND", "kind"), ("KID", "kid"), ("CREATED", "created_at"), ("EXPIRES", "expires_at"));
            });
        });
    }
}
