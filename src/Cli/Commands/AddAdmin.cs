using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AddAdmin
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Who it is." };
        return shell.Verb("add", "Add an admin of the platform. The token is shown once.", ["eventmesh admins add 'Ada Lovelace'"], [name], async call =>
        {
            var added = await call.Client.Post("/v1/admins", new JsonObject { ["name"] = call.Given(name) }, call.Cancel);
            call.Output.Show(added, admin =>
            {
                call.Output.Line($"Added {Readable.Line(call.Given(name))}.");
                call.Output.Details(admin, "id", "token");
                call.Output.Note("→ The token is shown only now. It is used as EVENTMESH_TOKEN.");
            });
        });
    }
}
