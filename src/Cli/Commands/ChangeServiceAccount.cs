using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ChangeServiceAccount
{
    public static Command In(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "Id or name." };
        var roles = new Option<string[]>("--role") { Description = "All that it may do from now on.", HelpName = "ROLE", AllowMultipleArgumentsPerToken = true };
        var status = new Option<string?>("--status") { Description = "disabled ends all its tokens at once." };
        status.AcceptOnlyFromAmong("enabled", "disabled");
        return shell.Verb("change", "Give a service account other roles, disable or enable it. Tokens that are out follow at once.",
            ["eventmesh service-accounts change shop -w acme --status disabled", "eventmesh service-accounts change shop -w acme --role publisher auditor"], [account, shell.Workspace, roles, status], async call =>
            {
                var body = new JsonObject();
                if (call.Value(roles) is { Length: > 0 } given)
                    body["roles"] = new JsonArray([.. given.Select(role => JsonValue.Create(role))]);
                if (call.Value(status) is { } wanted)
                    body["status"] = wanted;
                if (body.Count == 0)
                    throw Failure.Usage("nothing to change", "Give --role or --status; `eventmesh service-accounts get` shows what holds.");
                var id = await Names.ServiceAccount(call, call.Given(account));
                var changed = await call.Client.Patch(call.InWorkspace($"service-accounts/{id}"), body, call.Cancel);
                call.Output.Show(changed, now => call.Output.Line($"{Readable.Line(call.Given(account))} is {now.Text("status")} and has the roles {now.Text("roles")}."));
            });
    }
}
