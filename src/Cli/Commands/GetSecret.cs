using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetSecret
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The secret." };
        return shell.Verb("get", "Show a secret's versions and when each was last used; never a value.",
            ["eventmesh secrets get db.password -w acme"], [name, shell.Workspace, shell.At], async call =>
            {
                var found = await call.Client.Get(call.Then(call.InWorkspace($"secrets/{call.Given(name)}")), call.Cancel);
                call.Output.Show(found, secret =>
                {
                    call.Output.Details(secret, "path", "description", "owner", "created_at");
                    call.Output.Table(secret.Each("versions"),
                        ("VERSION", "number"), ("STATUS", "status"), ("OWNER", "owner"), ("CREATED", "created_at"), ("EXPIRES", "expires_at"), ("LAST USED", "last_used_at"));
                });
            });
    }
}
