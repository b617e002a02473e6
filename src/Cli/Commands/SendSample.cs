using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SendSample
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The event type." };
        var to = new Option<string>("--to") { Description = "The connection, by id or name.", HelpName = "CONNECTION", Required = true };
        var data = new Option<string?>("--data") { Description = "Data in the place of the type's example.", HelpName = "JSON|@file|-" };
        return shell.Verb("send", "Send the example of an event type to one connection; no rule is asked.",
            ["eventmesh types send order.paid -w acme --to orders", """eventmesh types send order.paid -w acme --to orders --data '{"id":"1001","total":120}'"""],
            [name, shell.Workspace, to, data], async call =>
            {
                var body = new JsonObject { ["connection"] = await Names.Connection(call, call.Given(to)) };
                if (call.Value(data) is { } given)
                    body["data"] = await JsonInput.Read(call, "--data", given);
                var sent = await call.Client.Post(call.InWorkspace($"event-types/{call.Given(name)}/send"), body, call.Cancel);
                call.Output.Show(sent, answer =>
                {
                    call.Output.Line($"Sent {answer.Text("event")}");
                    call.Output.Note($"→ See what became of it: eventmesh deliveries get {answer.Text("delivery")} -w {call.Workspace}");
                });
            });
    }
}
