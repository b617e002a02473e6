using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RetryDelivery
{
    public static Command In(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "Deliveries, dlv_…", Arity = ArgumentArity.OneOrMore };
        return shell.Verb("retry", "Send deliveries again, with the same webhook-id.",
            ["eventmesh deliveries retry dlv_… -w acme",
             "eventmesh deliveries list -w acme --status dead_lettered --all --json | jq -r '.items[].id' | xargs eventmesh deliveries retry -w acme"],
            [ids, shell.Workspace], async call =>
            {
                foreach (var id in call.Given(ids))
                {
                    var answer = await call.Client.Post(call.InWorkspace($"deliveries/{id}/retry"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
                    call.Output.Show(answer, _ => call.Output.Line($"{Readable.Line(id)} will be sent again."));
                }
            });
    }
}
