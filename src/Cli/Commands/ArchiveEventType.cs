using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ArchiveEventType
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The event type." };
        var undo = new Option<bool>("--undo") { Description = "Bring it back into the lists." };
        return shell.Verb("archive", "Take an event type out of the lists; events of it are accepted and checked as before.",
            ["eventmesh types archive order.paid -w acme", "eventmesh types archive order.paid -w acme --undo"], [name, shell.Workspace, undo], async call =>
            {
                var changed = await call.Client.Patch(call.InWorkspace($"event-types/{call.Given(name)}"), new JsonObject { ["archived"] = !call.Value(undo) }, call.Cancel);
                call.Output.Show(changed, _ => call.Output.Line($"{(call.Value(undo) ? "Restored" : "Archived")} {Readable.Line(call.Given(name))}."));
            });
    }
}
