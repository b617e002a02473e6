using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetEventType
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name." };
        return shell.Verb("get", "Show an event type with its newest schema.",
            ["eventmesh types get order.paid -w acme", "eventmesh types get order.paid -w acme --json | jq '.schemas[0].schema'"],
            [name, shell.Workspace, shell.At], async call =>
            {
                var got = await call.Client.Get(call.Then(call.InWorkspace($"event-types/{call.Given(name)}")), call.Cancel);
                call.Output.Show(got, type =>
                {
                    call.Output.Details(type, "name", "description", "archived", "created_at", "example");
                    if (type.Each("schemas") is [.., var newest])
                        call.Output.Details(("schema version", Readable.At(newest, "version")), ("added at", Readable.At(newest, "added_at")), ("schema", Readable.At(newest, "schema")));
                });
            });
    }
}
