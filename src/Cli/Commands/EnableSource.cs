using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class EnableSource
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        return shell.Verb("enable", "Take a source's webhooks again.", ["eventmesh sources enable github -w acme"], [source, shell.Workspace], async call =>
        {
            var id = await Names.Source(call, call.Given(source));
            var changed = await call.Client.Patch(call.InWorkspace($"sources/{id}"), new JsonObject { ["status"] = "enabled" }, call.Cancel);
            call.Output.Show(changed, _ => call.Output.Line($"Enabled {Readable.Line(call.Given(source))}."));
        });
    }
}
