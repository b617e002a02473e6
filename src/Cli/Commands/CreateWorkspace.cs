using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateWorkspace
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string?>("id") { Description = "Lower-case letters, digits and dashes; chosen by the server when left out.", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--name") { Description = "Its name for people.", Required = true };
        var plan = new Option<string?>("--plan") { Description = "Its plan (the server's default: starter)." };
        var environment = new Option<string?>("--environment") { Description = "A label such as sandbox (the server's default: production)." };
        var region = new Option<string?>("--region") { Description = "Where its data stays." };
        return shell.Verb("create", "Create a workspace.",
            ["eventmesh workspaces create acme --name \"Acme Inc\"", "eventmesh workspaces create acme-sandbox --name \"Acme Inc\" --environment sandbox"],
            [id, name, plan, environment, region], async call =>
            {
                var body = new JsonObject { ["name"] = call.Given(name) };
                foreach (var (key, value) in new[] { ("id", call.Value(id)), ("plan", call.Value(plan)), ("environment", call.Value(environment)), ("region", call.Value(region)) })
                {
                    if (value is not null)
                        body[key] = value;
                }

                var created = await call.Client.Post("/v1/workspaces", body, call.Cancel);
                call.Output.Show(created, workspace =>
                {
                    call.Output.Line($"Created workspace {workspace.Text("id")}.");
                    call.Output.Note($"→ Next: eventmesh connections create NAME -w {workspace.Text("id")} --url URL");
                });
            });
    }
}
