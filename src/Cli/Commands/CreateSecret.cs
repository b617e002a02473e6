using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateSecret
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "a to z, 0 to 9, '.', '_' and '-'." };
        var description = new Option<string?>("--description") { Description = "What it is for." };
        var value = SecretValue.Option();
        var generate = new Option<bool>("--generate") { Description = "Have the server make a value, shown once." };
        var expires = new Option<string?>("--expires-at") { Description = "From then on nobody gets this version.", HelpName = "TIME" };
        return shell.Verb("create", "Keep a secret under a name. Its value comes from a file or standard input and never comes back.",
            ["eventmesh secrets create db.password -w acme --value @password.txt", "eventmesh secrets create api-token -w acme --generate", "pass show crm | eventmesh secrets create crm -w acme --value -"],
            [name, shell.Workspace, value, generate, description, expires], async call =>
            {
                var body = await SecretValue.Body(call, value, generate, expires);
                body["name"] = call.Given(name);
                if (call.Value(description) is { } text)
                    body["description"] = text;
                var created = await call.Client.Post(call.InWorkspace($"secrets"), body, call.Cancel);
                call.Output.Show(created, secret =>
                {
                    call.Output.Line($"Created secret {secret.Text("path")}.");
                    SecretValue.Shown(call, secret);
                });
            });
    }
}
