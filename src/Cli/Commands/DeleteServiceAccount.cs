using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteServiceAccount
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        return shell.Verb("delete", "Delete a service account; its tokens end at once.", ["eventmesh service-accounts delete shop -w acme"], [account, shell.Workspace], async call =>
        {
            var id = await Names.ServiceAccount(call, call.Given(account));
            var deleted = await call.Client.Delete(call.InWorkspace($"service-accounts/{id}"), call.Cancel);
            call.Output.Show(deleted, _ => call.Output.Line($"Deleted {Readable.Line(call.Given(account))}."));
        });
    }
}
