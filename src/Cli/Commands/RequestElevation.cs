using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RequestElevation
{
    public static Command In(Shell shell)
    {
        var roles = new Option<string[]>("--role") { Description = "As whom: operator, developer, auditor or publisher; may be repeated.", HelpName = "ROLE", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the workspace's history. 10 to 500 characters.", Required = true };
        var duration = new Option<string>("--for") { Description = "How long, from the approval: 1m to 4h.", HelpName = "TIME", Required = true };
        return shell.Verb("request", "Ask to act in a workspace for a while, as a platform admin. Another admin or its operator approves.",
            ["eventmesh elevation request -w acme --role auditor --reason 'Ticket 4711: where did order 9 go' --for 30m"],
            [shell.Workspace, roles, reason, duration], async call =>
            {
                var answer = await call.Client.Post(call.InWorkspace($"elevations"), new JsonObject
                {
                    ["roles"] = new JsonArray([.. call.Given(roles).Select(r => (JsonNode)r)]),
                    ["reason"] = call.Given(reason),
                    ["duration_seconds"] = Pause.Seconds(call.Given(duration), "--for 30m"),
                }, call.Cancel);
                call.Output.Show(answer, asked =>
                {
                    call.Output.Line($"Asked for {string.Join(", ", call.Given(roles))} in {call.Workspace}.");
                    call.Output.Details(asked, "id", "lapses_at");
                    call.Output.Note($"→ Somebody else decides: eventmesh elevation approve {asked.Text("id")} -w {call.Workspace}");
                });
            });
    }
}
