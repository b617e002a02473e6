using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RotateSourceToken
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        return shell.Verb("rotate-token", "Give a source a new address; the one of before ends at once.", ["eventmesh sources rotate-token github -w acme"], [source, shell.Workspace], async call =>
        {
            var id = await Names.Source(call, call.Given(source));
            var rotated = await call.Client.Post(call.InWorkspace($"sources/{id}/rotate-token"), (System.Text.Json.Nodes.JsonNode?)null, call.Cancel);
            call.Output.Show(rotated, answer =>
            {
                call.Output.Line($"{Readable.Line(call.Given(source))} has a new address.");
                call.Output.Details(("address", call.AddressOf(answer.Text("receive_at"))));
                call.Output.Note("→ The address is shown only now. Give it to the provider.");
            });
        });
    }
}
