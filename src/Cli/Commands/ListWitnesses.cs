using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListWitnesses
{
    public static Command In(Shell shell) => shell.Verb(
        "witnesses", "Show who outside gets the checkpoints of a workspace's log, and which they have.",
        ["eventmesh log witnesses -w acme"], [shell.Workspace], async call => Show(call, await call.Client.Get(call.InWorkspace($"log/witnesses"), call.Cancel)));

    public static void Show(Call call, Answer answer) => call.Output.Show(answer, found =>
    {
        if (found.Each("witnesses") is { Length: > 0 } witnesses)
            call.Output.Table(witnesses, ("URL", "url"), ("KIND", "kind"), ("PUSHED", "pushed_size"), ("LAG", "lag"), ("AT", "pushed_at"), ("FAILURES", "failures"), ("LAST ERROR", "last_error"));
        else call.Output.Note("Nobody outside gets the checkpoints of this log.");
    });
}
