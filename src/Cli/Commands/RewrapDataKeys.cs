using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RewrapDataKeys
{
    public static Command In(Shell shell) => shell.Verb(
        "rewrap", "Wrap every data key with the master key that is current now (admin).",
        ["eventmesh encryption rewrap"], [], async call =>
            ShowEncryption.Platform(call, await call.Client.Post("/v1/encryption/rewrap", body: (System.Text.Json.Nodes.JsonNode?)null, call.Cancel)));
}
