using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListLines
{
    public static Command In(Shell shell)
    {
        var rule = new Option<string?>("--rule") { Description = "Only those of this rule, rul_…" };
        var connection = new Option<string?>("--connection") { Description = "Only those to this connection, by id or name." };
        var stuck = new Option<bool>("--stuck") { Description = "Only those whose first delivery has failed." };
        var pages = new Pages();
        return shell.Verb("list", "List the keys for which deliveries wait, with what blocks each.",
            ["eventmesh ordering list -w acme", "eventmesh ordering list -w acme --stuck --connection orders"],
            [shell.Workspace, rule, connection, stuck, .. pages.Options], async call =>
            {
                var to = call.Value(connection) is { } given ? await Names.Connection(call, given) : null;
                var path = Route.With(call.InWorkspace($"ordering"), ("rule", call.Value(rule)), ("connection", to), ("stuck", call.Value(stuck) ? "true" : null));
                await pages.Show(call, path, "No delivery waits in a line.",
                    ("LINE", "line"), ("KEY", "key"), ("RULE", "rule"), ("CONNECTION", "connection"), ("WAITING", "waiting"), ("SINCE", "since"),
                    ("BLOCKED BY", "blocked_by.delivery"), ("STATUS", "blocked_by.status"), ("LAST OUTCOME", "blocked_by.last_outcome"), ("NEXT ATTEMPT", "blocked_by.next_attempt_at"));
            });
    }
}
