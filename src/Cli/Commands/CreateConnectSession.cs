using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateConnectSession
{
    public static Command In(Shell shell)
    {
        var connection = new Option<string?>("--connection") { Description = "Id or name; may be left out where only one connection has the provider." };
        var provider = new Option<string?>("--provider") { Description = "The provider it is authorized with." };
        var scopes = new Option<string[]>("--scope") { Description = "Ask for this instead of what the connection's credential names; may be repeated." };
        var lifetime = new Option<string?>("--expires-in") { Description = "How long the link is good: 30 minutes by default and at most.", HelpName = "30m" };
        var returnTo = new Option<string?>("--return-to") { Description = "Where the person is led afterwards, at one of the workspace's allowed origins.", HelpName = "URL" };
        return shell.Verb("create", "Make a link by which somebody without a key authorizes one connection, once. It is shown only now.",
            ["eventmesh connect-sessions create --connection crm -w acme", "eventmesh connect-sessions create --provider hubspot -w acme --expires-in 10m"],
            [shell.Workspace, connection, provider, scopes, lifetime, returnTo], async call =>
            {
                var request = new JsonObject();
                if (call.Value(connection) is { } named)
                    request["connection"] = await Names.Connection(call, named);
                if (call.Value(provider) is { } at)
                    request["provider"] = at;
                if (call.Value(scopes) is { Length: > 0 } asked)
                    request["allowed_scopes"] = new JsonArray([.. asked.Select(s => (JsonNode)s)]);
                if (call.Value(lifetime) is { } pause)
                    request["expires_in"] = Pause.Seconds(pause, "--expires-in 30m");
                if (call.Value(returnTo) is { } page)
                    request["return_to"] = page;
                var created = await call.Client.Post(call.InWorkspace($"connect-sessions"), request, call.Cancel);
                call.Output.Show(created, answer =>
                {
                    call.Output.Line(answer.Text("link"));
                    call.Output.Details(answer, "id", "connection", "provider", "scopes", "expires_at");
                    call.Output.Note("→ The link is shown only now. It connects once.");
                });
            });
    }
}
