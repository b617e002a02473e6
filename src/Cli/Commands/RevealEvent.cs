using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class RevealEvent
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The event, evt_…" };
        var reason = new Option<string>("--reason") { Description = "Why, in 10 to 500 characters; it is recorded.", Required = true };
        return shell.Verb("reveal", "Show the raw body of an event; that you saw it is recorded first.",
            ["eventmesh events reveal evt_… -w acme --reason 'The customer disputes order 1001'"], [id, shell.Workspace, reason], async call =>
            {
                var shown = await call.Client.Post(call.InWorkspace($"events/{call.Given(id)}/reveal"), new JsonObject { ["reason"] = call.Value(reason) }, call.Cancel);
                call.Output.Show(shown, answer => call.Output.Details(answer, "event", "reveal", "body"));
            });
    }
}
