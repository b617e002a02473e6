using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class AddSecretVersion
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The secret." };
        var value = SecretValue.Option();
        var generate = new Option<bool>("--generate") { Description = "Have the server make a value, shown once." };
        var expires = new Option<string?>("--expires-at") { Description = "From then on nobody gets this version.", HelpName = "TIME" };
        return shell.Verb("add-version", "Add a version, which is used from now on. Those of before stay until they are revoked or expire.",
            ["eventmesh secrets add-version db.password -w acme --value @new.txt"], [name, shell.Workspace, value, generate, expires], async call =>
            {
                var body = await SecretValue.Body(call, value, generate, expires);
                var added = await call.Client.Post(call.InWorkspace($"secrets/{call.Given(name)}/versions"), body, call.Cancel);
                call.Output.Show(added, version =>
                {
                    call.Output.Line($"Added version {version.Text("version")} of {Readable.Line(call.Given(name))}.");
                    SecretValue.Shown(call, version);
                });
            });
    }
}
