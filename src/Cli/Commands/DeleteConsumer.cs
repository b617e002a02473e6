using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class DeleteConsumer
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The consumer." };
        return shell.Verb("delete", "Delete a consumer; its position is forgotten.", ["eventmesh consumers delete warehouse -w acme"], [name, shell.Workspace], async call =>
        {
            var answer = await call.Client.Delete(call.InWorkspace($"consumers/{call.Given(name)}"), call.Cancel);
            call.Output.Show(answer, _ => call.Output.Line($"Deleted consumer {Readable.Line(call.Given(name))}."));
        });
    }
}
