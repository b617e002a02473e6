using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class DisableSource
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        return shell.Verb("disable", "Answer a source's webhooks with 404.", ["eventmesh sources disable github -w acme"], [source, shell.Workspace], async call =>
        {
            var id = await Names.Source(call, call.Given(source));
            var changed = await call.Client.Patch(call.InWorkspace($"sources/{id}"), new JsonObject { ["status"] = "disabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Disabled {Readable.Line(call.Given(source))}."));
        });
    }
}
