using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateServiceAccount
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "What it is." };
        var roles = new Option<string[]>("--role") { Description = "What it may do: operator, developer, auditor, publisher.", HelpName = "ROLE", AllowMultipleArgumentsPerToken = true, Required = true };
        var lifetime = new Option<string?>("--token-lifetime") { Description = "How long its tokens hold: 15m by default, 1m to 1h.", HelpName = "15m" };
        return shell.Verb("create", "Create a service account. It gets tokens once it has a secret or a key.", ["eventmesh service-accounts create shop -w acme --role publisher"],
            [name, shell.Workspace, roles, lifetime], async call =>
            {
                var body = new JsonObject { ["name"] = call.Given(name), ["roles"] = new JsonArray([.. call.Given(roles).Select(role => JsonValue.Create(role))]) };
                if (call.Value(lifetime) is { } span)
                    body["token_seconds"] = Pause.Seconds(span, "--token-lifetime 15m");
                var created = await call.Client.Post(call.InWorkspace($"service-accounts"), body, call.Cancel);
                call.Output.Show(created, account =>
                {
                    call.Output.Line($"Created service account {Readable.Line(call.Given(name))} in {call.Workspace}.");
                    call.Output.Details(account, "id", "roles", "token_seconds");
                    call.Output.Note("→ Give it a secret with `eventmesh service-accounts add-secret`, or a public key with `add-key`.");
                });
            });
    }
}
