using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class TestRule
{
    public static Command In(Shell shell)
    {
        var filter = new RuleFilter();
        var sample = new Option<string>("--event") { Description = "The CloudEvent to try it on.", HelpName = "JSON|@file|-", Required = true };
        return shell.Verb("test", "Try a filter on a sample; nothing is stored.",
            ["""eventmesh rules test -w acme --type 'order.*' --event '{"type":"order.created","source":"shop","id":"1","data":{"total":120}}'"""],
            [shell.Workspace, .. filter.Options, sample], async call =>
            {
                var body = new JsonObject { ["filter"] = await filter.Read(call), ["event"] = await JsonInput.ReadObject(call, "--event", call.Given(sample)) };
                var tested = await call.Client.Post(call.InWorkspace($"rules/test"), body, call.Cancel);
                call.Output.Show(tested, answer => call.Output.Line(answer.Text("matches") == "true" ? "It matches." : "It does not match."));
            });
    }
}
