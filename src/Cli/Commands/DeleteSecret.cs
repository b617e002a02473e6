using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteSecret
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The secret." };
        return shell.Verb("delete", "Delete a secret: every version is revoked and its value destroyed; its history stays.",
            ["eventmesh secrets delete db.password -w acme"], [name, shell.Workspace], async call =>
            {
                var deleted = await call.Client.Delete(call.InWorkspace($"secrets/{call.Given(name)}"), call.Cancel);
                call.Output.Show(deleted, _ => call.Output.Line($"Deleted {Readable.Line(call.Given(name))}."));
            });
    }
}
