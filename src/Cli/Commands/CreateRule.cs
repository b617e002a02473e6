using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateRule
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name." };
        var filter = new RuleFilter();
        var mapping = new RuleMapping();
        var to = new Option<string[]>("--to") { Description = "A connection, by id or name; may be repeated.", HelpName = "CONNECTION", Required = true };
        var orderedBy = new Option<string?>("--ordered-by") { Description = "Where the event's key is: those of one key are delivered one after another.", HelpName = "PATH" };
        return shell.Verb("create", "Route events that match a filter to connections.",
            ["eventmesh rules create everything -w acme --to orders",
             """eventmesh rules create big-orders -w acme --type 'order.*' --filter '{"data":{"total":{"$gte":100}}}' --to con_…""",
             "eventmesh rules create to-crm -w acme --type 'customer.*' --mapping @crm.json --to crm",
             "eventmesh rules create in-order -w acme --type 'order.*' --ordered-by data.orderId --to orders"],
            [name, shell.Workspace, .. filter.Options, mapping.Option, to, orderedBy], async call =>
            {
                var filterJson = await filter.Read(call);
                var connections = new JsonArray();
                foreach (var given in call.Given(to))
                    connections.Add((JsonNode)await Names.Connection(call, given));
                var body = new JsonObject { ["name"] = call.Given(name), ["filter"] = filterJson, ["connections"] = connections };
                if (call.Value(orderedBy) is { } key)
                    body["ordering"] = new JsonObject { ["key"] = key };
                await mapping.Add(call, body);
                var created = await call.Client.Post(call.InWorkspace($"rules"), body, call.Cancel);
                call.Output.Show(created, rule =>
                {
                    call.Output.Line($"Created rule {Readable.Line(call.Given(name))}.");
                    call.Output.Details(rule, "id", "status");
                });
            });
    }
}
