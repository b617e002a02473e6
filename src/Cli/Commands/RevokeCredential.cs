using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RevokeCredential
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("revoke", "Take a connection's credential back: nothing is sent until another is set.", ["eventmesh connections credential revoke crm -w acme"],
            [connection, shell.Workspace], async call =>
            {
                var id = await Names.Connection(call, call.Given(connection));
                var revoked = await call.Client.Delete(call.InWorkspace($"connections/{id}/credential"), call.Cancel);
                call.Output.Show(revoked, _ =>
                {
                    call.Output.Line($"Revoked the credential of {Readable.Line(call.Given(connection))}.");
                    call.Output.Note("→ Deliveries wait for three days: eventmesh connections credential set");
                });
            });
    }
}
