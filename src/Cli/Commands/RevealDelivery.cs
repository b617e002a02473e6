using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RevealDelivery
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The delivery, dlv_…" };
        var attempt = new Option<int>("--attempt") { Description = "Which of its attempts, from 1.", DefaultValueFactory = _ => 1 };
        var reason = new Option<string>("--reason") { Description = "Why, in 10 to 500 characters; it is recorded.", Required = true };
        return shell.Verb("reveal", "Show what an attempt sent and what the target answered; that you saw it is recorded first.",
            ["eventmesh deliveries reveal dlv_… -w acme --attempt 2 --reason 'The target says our request was malformed'"], [id, shell.Workspace, attempt, reason], async call =>
            {
                var number = call.Value(attempt).ToString(CultureInfo.InvariantCulture);
                var shown = await call.Client.Post(call.InWorkspace($"deliveries/{call.Given(id)}/attempts/{number}/reveal"), new JsonObject { ["reason"] = call.Value(reason) }, call.Cancel);
                call.Output.Show(shown, answer => call.Output.Details(answer, "delivery", "attempt", "reveal", "request", "response"));
            });
    }
}
