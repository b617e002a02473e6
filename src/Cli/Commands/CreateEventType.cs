using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateEventType
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The type that the events carry." };
        var description = new Option<string?>("--description") { Description = "What it means that such an event happened." };
        var example = new Option<string?>("--example") { Description = "The data of one.", HelpName = "JSON|@file|-" };
        var schema = new Option<string?>("--schema") { Description = "A JSON Schema (2020-12) that the data has to fit.", HelpName = "JSON|@file|-" };
        return shell.Verb("create", "Describe a type of events; with a schema, events that do not fit are refused from then on.",
            ["eventmesh types create order.paid -w acme --description 'An order was paid.'",
             """eventmesh types create order.paid -w acme --schema @order-paid.schema.json --example '{"id":"1001","total":120}'"""],
            [name, shell.Workspace, description, example, schema], async call =>
            {
                var body = new JsonObject { ["name"] = call.Given(name) };
                if (call.Value(description) is { } text)
                    body["description"] = text;
                if (call.Value(example) is { } sample)
                    body["example"] = await JsonInput.Read(call, "--example", sample);
                if (call.Value(schema) is { } given)
                    body["schema"] = await JsonInput.Read(call, "--schema", given);
                var created = await call.Client.Post(call.InWorkspace($"event-types"), body, call.Cancel);
                call.Output.Show(created, _ => call.Output.Line($"Created event type {Readable.Line(call.Given(name))}{(body["schema"] is null ? ", without a schema." : ", with version 1 of its schema.")}"));
            });
    }
}
