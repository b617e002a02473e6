using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateRule
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name." };
        var filter = new RuleFilter();
        var to = new Option<string[]>("--to") { Description = "A connection, by id or name; may be repeated.", HelpName = "CONNECTION", Required = true };
        return shell.Verb("create", "Route events that match a filter to connections.",
            ["eventmesh rules create everything -w acme --to orders",
             """eventmesh rules create big-orders -w acme --type 'order.*' --filter '{"data":{"total":{"$gte":100}}}' --to con_…"""],
            [name, shell.Workspace, .. filter.Options, to], async call =>
            {
                var filterJson = await filter.Read(call);
                var connections = new JsonArray();
                foreach (var given in call.Given(to))
                    connections.Add((JsonNode)await Names.Connection(call, given));
                var body = new JsonObject { ["name"] = call.Given(name), ["filter"] = filterJson, ["connections"] = connections };
                var created = await call.Client.Post(call.InWorkspace($"rules"), body, call.Cancel);
                call.Output.Show(created, rule =>
                {
                    call.Output.Line($"Created rule {Readable.Line(call.Given(name))}.");
                    call.Output.Details(rule, "id", "status");
                });
            });
    }
}
