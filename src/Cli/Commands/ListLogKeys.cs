using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListLogKeys
{
    public static Command In(Shell shell) => shell.Verb(
        "keys", "Show the public keys that sign checkpoints and receipts, and those that did. Anybody may.",
        ["eventmesh log keys"], [], async call => Show(call, await call.Client.Get("/v1/log/keys", call.Cancel)));

    public static void Show(Call call, Answer answer) => call.Output.Show(answer, found =>
    {
        // Copied whole, or it is no key: not in a table, which may break it.
        foreach (var key in found.Each("keys"))
        {
            call.Output.Line(Readable.At(key, "verifier_key"));
            call.Output.Details(("from", Readable.At(key, "from")), ("until", Readable.At(key, "until")));
        }
    });
}
