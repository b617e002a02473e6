using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetSource
{
    public static Command In(Shell shell)
    {
        var source = new Argument<string>("source") { Description = "Id or name." };
        return shell.Verb("get", "Show a source, and what became of the requests to it.", ["eventmesh sources get github -w acme"], [source, shell.Workspace, shell.At], async call =>
        {
            var id = await Names.Source(call, call.Given(source));
            var found = await call.Client.Get(call.Then(call.InWorkspace($"sources/{id}")), call.Cancel);
            call.Output.Show(found, answer => call.Output.Details(answer, "id", "name", "status", "verification", "event.source", "event.type", "event.subject", "secrets",
                "received.accepted", "received.duplicates", "received.refused", "received.refused_by", "received.last_accepted_at", "received.last_refused_at", "received.last_refusal", "created_at"));
        });
    }
}
