using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class SkipLine
{
    public static Command In(Shell shell)
    {
        var lines = new Argument<string[]>("line") { Description = "Lines, lin_…", Arity = ArgumentArity.OneOrMore };
        return shell.Verb("skip", "Give up the deliveries that lines wait for; the next follow.",
            ["eventmesh ordering skip lin_… -w acme"],
            [lines, shell.Workspace], async call =>
            {
                foreach (var line in call.Given(lines))
                {
                    var answer = await call.Client.Post(call.InWorkspace($"ordering/{line}/skip"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
                    call.Output.Show(answer, head => call.Output.Line($"{head.Text("delivery")} is given up; the line goes on."));
                }
            });
    }
}
