using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AuthorizeConnection
{
    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        var scopes = new Option<string[]>("--scope") { Description = "Ask for this instead of what the connection's credential names; may be repeated." };
        var returnTo = new Option<string?>("--return-to") { Description = "Where the person is led afterwards, at one of the workspace's allowed origins.", HelpName = "URL" };
        return shell.Verb("authorize", "Begin to authorize a connection with its OAuth provider: prints a link for a person to open.",
            ["eventmesh connections authorize crm -w acme", "eventmesh connections authorize crm -w acme --scope read_orders --scope write_orders"],
            [connection, shell.Workspace, scopes, returnTo], async call =>
            {
                var request = new JsonObject();
                if (call.Value(scopes) is { Length: > 0 } asked)
                    request["scopes"] = new JsonArray([.. asked.Select(s => (JsonNode)s)]);
                if (call.Value(returnTo) is { } page)
                    request["return_to"] = page;
                var id = await Names.Connection(call, call.Given(connection));
                var started = await call.Client.Post(call.InWorkspace($"connections/{id}/authorize"), request, call.Cancel);
                call.Output.Show(started, answer =>
                {
                    call.Output.Line(answer.Text("authorize_url"));
                    call.Output.Note("→ Open it within ten minutes. Whoever opens it and consents connects this connection.");
                });
            });
    }
}
