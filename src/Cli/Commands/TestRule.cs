using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class TestRule
{
    public static Command In(Shell shell)
    {
        var filter = new RuleFilter();
        var mapping = new RuleMapping();
        var sample = new Option<string>("--event") { Description = "The CloudEvent to try it on.", HelpName = "JSON|@file|-", Required = true };
        return shell.Verb("test", "Try a filter, and a mapping, on a sample; nothing is stored.",
            ["""eventmesh rules test -w acme --type 'order.*' --event '{"type":"order.created","source":"shop","id":"1","data":{"total":120}}'""",
             "eventmesh rules test -w acme --mapping @crm.json --event @sample.json"],
            [shell.Workspace, .. filter.Options, mapping.Option, sample], async call =>
            {
                var body = new JsonObject { ["filter"] = await filter.Read(call), ["event"] = await JsonInput.ReadObject(call, "--event", call.Given(sample)) };
                await mapping.Add(call, body);
                var tested = await call.Client.Post(call.InWorkspace($"rules/test"), body, call.Cancel);
                call.Output.Show(tested, answer =>
                {
                    call.Output.Line(answer.Text("matches") == "true" ? "It matches." : "It does not match.");
                    if (Readable.Find(answer.Json, "mapped") is { ValueKind: not JsonValueKind.Undefined } mapped)
                        call.Output.Line(Readable.Line(mapped.GetRawText(), int.MaxValue));
                });
            });
    }
}
