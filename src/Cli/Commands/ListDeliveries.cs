using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListDeliveries
{
    public static Command In(Shell shell)
    {
        var status = new Option<string?>("--status") { Description = "Only those in this state.", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong("scheduled", "delivered", "retrying", "dead_lettered", "discarded");
        var connection = new Option<string?>("--connection") { Description = "Only those to this connection, by id or name." };
        var published = new Option<string?>("--event") { Description = "Only those of this event, evt_…" };
        var pages = new Pages();
        return shell.Verb("list", "List deliveries.",
            ["eventmesh deliveries list -w acme", "eventmesh deliveries list -w acme --status dead_lettered --connection orders"],
            [shell.Workspace, status, connection, published, .. pages.Options], async call =>
            {
                var to = call.Value(connection) is { } given ? await Names.Connection(call, given) : null;
                var path = Route.With(call.InWorkspace($"deliveries"), ("status", call.Value(status)), ("connection", to), ("event", call.Value(published)));
                await pages.Show(call, path, "There are no such deliveries.",
                    ("ID", "id"), ("STATUS", "status"), ("EVENT", "event"), ("CONNECTION", "connection"), ("RULE", "rule"), ("ATTEMPTS", "attempts_made"), ("NEXT ATTEMPT", "next_attempt_at"));
            });
    }
}
