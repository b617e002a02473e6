using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RevokeKey
{
    public static Command In(Shell shell)
    {
        var key = new Argument<string>("key") { Description = "Id or name." };
        return shell.Verb("revoke", "Revoke an API key at once.", ["eventmesh keys revoke checkout-service -w acme"], [key, shell.Workspace], async call =>
        {
            var id = await Names.Key(call, call.Given(key));
            var revoked = await call.Client.Delete(call.InWorkspace($"keys/{id}"), call.Cancel);
            call.Output.Show(revoked, _ => call.Output.Line($"Revoked {Readable.Line(call.Given(key))}."));
        });
    }
}
