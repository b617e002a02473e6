using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RetryLine
{
    public static Command In(Shell shell)
    {
        var lines = new Argument<string[]>("line") { Description = "Lines, lin_…", Arity = ArgumentArity.OneOrMore };
        return shell.Verb("retry", "Send the deliveries that lines wait for again, now.",
            ["eventmesh ordering retry lin_… -w acme"],
            [lines, shell.Workspace], async call =>
            {
                foreach (var line in call.Given(lines))
                {
                    var answer = await call.Client.Post(call.InWorkspace($"ordering/{line}/retry"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
                    call.Output.Show(answer, head => call.Output.Line($"{head.Text("delivery")} will be sent again."));
                }
            });
    }
}
