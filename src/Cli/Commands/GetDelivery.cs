using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetDelivery
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The delivery, dlv_…" };
        return shell.Verb("get", "Show a delivery and its attempts.", ["eventmesh deliveries get dlv_… -w acme"], [id, shell.Workspace], async call =>
        {
            var found = await call.Client.Get(call.InWorkspace($"deliveries/{call.Given(id)}"), call.Cancel);
            call.Output.Show(found, answer =>
            {
                call.Output.Details(answer, "id", "status", "event", "connection", "rule", "next_attempt_at");
                call.Output.Line("");
                if (answer.Each("attempts") is { Length: > 0 } attempts)
                {
                    call.Output.Table(attempts,
                        ("#", "number"), ("STARTED", "started_at"), ("MS", "duration_ms"), ("OUTCOME", "outcome"), ("HTTP", "http_status"), ("ERROR", "error"));
                }
                else
                {
                    call.Output.Note("No attempt has been made yet.");
                }
            });
        });
    }
}
