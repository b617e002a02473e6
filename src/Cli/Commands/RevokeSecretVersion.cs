using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RevokeSecretVersion
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The secret." };
        var version = new Argument<int>("version") { Description = "The version's number." };
        return shell.Verb("revoke", "Revoke a version: within a second nobody gets it any more, and its value is destroyed.",
            ["eventmesh secrets revoke db.password 1 -w acme"], [name, version, shell.Workspace], async call =>
            {
                var revoked = await call.Client.Delete(call.InWorkspace($"secrets/{call.Given(name)}/versions/{call.Value(version)}"), call.Cancel);
                call.Output.Show(revoked, _ => call.Output.Line($"Revoked version {call.Value(version)} of {Readable.Line(call.Given(name))}."));
            });
    }
}
