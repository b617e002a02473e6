using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class GetConnection
{
    private static readonly string[] Shown =
    [
        "id", "name", "kind", "status", "disabled_because", "config.url", "config.headers", "config.body", "config.retry_schedule", "config.legacy_signature.header", "operational",
        "credential.kind", "credential.status", "credential.since", "circuit.state", "circuit.since", "circuit.until", "failing_since", "last_failure_at", "last_success_at", "created_at",
    ];

    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        return shell.Verb("get", "Show a connection.", ["eventmesh connections get orders -w acme", "eventmesh connections get orders -w acme --at 2026-11-21T12:00:00Z"], [connection, shell.Workspace, shell.At], async call =>
        {
            var id = await Names.Connection(call, call.Given(connection));
            var found = await call.Client.Get(call.Then(call.InWorkspace($"connections/{id}")), call.Cancel);
            call.Output.Show(found, answer => call.Output.Details([.. Shown.Select(path => (Named(path), answer.Text(path)))]));
        });
    }

    // Credential and circuit have a status of their own beside the connection's.
    private static string Named(string path) => path.Replace("config.", "", StringComparison.Ordinal).Replace('.', ' ').Replace('_', ' ');
}
