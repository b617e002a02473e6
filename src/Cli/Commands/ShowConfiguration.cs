using System.CommandLine;
using System.Text.Json;

namespace EventMesh.Cli.Commands;

internal static class ShowConfiguration
{
    public static Command In(Shell shell) => shell.Verb("show", "Show all that a workspace is configured with, now or as it was, as JSON without secrets.",
        ["eventmesh configuration show -w acme", "eventmesh configuration show -w acme --at 2026-11-21T12:00:00Z --json > then.json"], [shell.Workspace, shell.At], async call =>
        {
            var found = await call.Client.Get(call.Then(call.InWorkspace($"configuration")), call.Cancel);
            call.Output.Show(found, answer => call.Output.Line(JsonSerializer.Serialize(answer.Json, Indented)));
        });

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
