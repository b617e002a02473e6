using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AddSchema
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The event type." };
        var schema = new Option<string>("--schema") { Description = "A JSON Schema (2020-12) that the data has to fit.", HelpName = "JSON|@file|-", Required = true };
        return shell.Verb("add-schema", "Add a version of an event type's schema; it holds from then on.",
            ["eventmesh types add-schema order.paid -w acme --schema @order-paid.schema.json"], [name, shell.Workspace, schema], async call =>
            {
                var body = new JsonObject { ["schema"] = await JsonInput.Read(call, "--schema", call.Given(schema)) };
                var added = await call.Client.Post(call.InWorkspace($"event-types/{call.Given(name)}/schemas"), body, call.Cancel);
                call.Output.Show(added, type => call.Output.Line(added.Status == 200
                    ? $"Version {type.Each("schemas").Length} is this schema already."
                    : $"Added version {type.Each("schemas").Length} of the schema of {Readable.Line(call.Given(name))}."));
            });
    }
}
