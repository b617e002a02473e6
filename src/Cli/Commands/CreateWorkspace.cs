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
        var noKey = new Option<bool>("--no-key") { Description = "Leave its first API key to be issued later." };
        return shell.Verb("create", "Create a workspace, and its first API key: it is kept for this command line, which uses it inside the workspace.",
            ["eventmesh workspaces create acme --name \"Acme Inc\"", "eventmesh workspaces create acme-sandbox --name \"Acme Inc\" --environment sandbox"],
            [id, name, plan, environment, region, noKey], async call =>
            {
                var body = new JsonObject { ["name"] = call.Given(name) };
                foreach (var (key, value) in new[] { ("id", call.Value(id)), ("plan", call.Value(plan)), ("environment", call.Value(environment)), ("region", call.Value(region)) })
                {
                    if (value is not null)
                        body[key] = value;
                }

                var keeps = !call.Value(noKey);
                if (keeps)
                    call.Credentials.PrepareToKeep();
                var created = await call.Client.Post("/v1/workspaces", body, call.Cancel);
                call.Output.Show(created, workspace => call.Output.Line($"Created workspace {workspace.Text("id")}."));
                if (keeps)
                    await KeepFirstKey(call, created.Text("id"));
                if (!call.Output.Json)
                    call.Output.Note($"→ Next: eventmesh connections create NAME -w {created.Text("id")} --url URL");
            });
    }

    /// <summary>With all roles: whoever made the workspace goes on as its operator.</summary>
    private static async Task KeepFirstKey(Call call, string workspace)
    {
        // One that was kept under this name opens a workspace that is no longer there.
        call.Credentials.Forget(workspace);
        var issued = await call.Client.Post(Route.To($"/v1/workspaces/{workspace}/keys"), new JsonObject { ["name"] = "first" }, call.Cancel);
        var file = call.Credentials.Keep(workspace, issued.Json.GetProperty("key").GetString()!);
        call.Output.Note($"Its first API key is in {file}, for you alone: commands with -w {workspace} use it when no token is given.");
    }
}
