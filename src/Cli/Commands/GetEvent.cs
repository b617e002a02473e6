using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetEvent
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The event, evt_…" };
        return shell.Verb("get", "Show a published event and its deliveries.", ["eventmesh events get evt_… -w acme"], [id, shell.Workspace], async call =>
        {
            var found = await call.Client.Get(call.InWorkspace($"events/{call.Given(id)}"), call.Cancel);
            call.Output.Show(found, answer =>
            {
                call.Output.Details(answer, "id", "type", "source", "subject", "resource", "resource_id", "accepted_at", "size", "sha256");
                call.Output.Line("");
                if (answer.Each("deliveries") is { Length: > 0 } deliveries)
                    call.Output.Table(deliveries, ("ID", "id"), ("CONNECTION", "connection"), ("RULE", "rule"), ("STATUS", "status"));
                else
                    call.Output.Note("No deliveries: no rule matched it, or it has not been routed yet.");
            });
        });
    }
}
