using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ShowAuthorization
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("authorization", "Show what a connection was allowed by its OAuth provider; never the tokens.",
            ["eventmesh connections authorization crm -w acme"], [connection, shell.Workspace], async call =>
            {
                var id = await Names.Connection(call, call.Given(connection));
                var found = await call.Client.Get(call.InWorkspace($"connections/{id}/authorization"), call.Cancel);
                call.Output.Show(found, answer => call.Output.Details(answer, "provider", "status", "authorized_at", "scopes", "expires_at", "refresh_at", "failing_since", "failures", "details"));
            });
    }
}
