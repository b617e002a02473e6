using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RotateDataKey
{
    public static Command In(Shell shell) => shell.Verb(
        "rotate", "Seal a workspace's data with a new data key from now on, and in the background what is there.",
        ["eventmesh encryption rotate -w acme"], [shell.Workspace], async call =>
            ShowEncryption.Workspace(call, await call.Client.Post(call.InWorkspace($"encryption/rotate"), body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel)));
}
