using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ShowEncryption
{
    public static Command In(Shell shell) => shell.Verb(
        "status", "Show which keys seal a workspace's data, or, without -w, which master keys wrap them (admin).",
        ["eventmesh encryption status", "eventmesh encryption status -w acme --json"], [shell.Workspace], async call =>
        {
            if (call.Value(shell.Workspace) is { Length: > 0 }) Workspace(call, await call.Client.Get(call.InWorkspace($"encryption"), call.Cancel));
            else Platform(call, await call.Client.Get("/v1/encryption", call.Cancel));
        });

    public static void Platform(Call call, Answer answer) => call.Output.Show(answer, found =>
    {
        call.Output.Details(found, "master_key", "wanted", "percent");
        call.Output.Table(found.Each("data_keys"), ("MASTER KEY", "master_key"), ("DATA KEYS", "data_keys"));
    });

    public static void Workspace(Call call, Answer answer) => call.Output.Show(answer, found =>
    {
        call.Output.Details(found, "current", "rotation.phase", "rotation.percent", "rotation.done", "rotation.total", "rotation.started_at", "rotation.finished_at");
        call.Output.Table(found.Each("data_keys"),
            ("NUMBER", "number"), ("STATE", "state"), ("MASTER KEY", "master_key"), ("CREATED", "created_at"), ("CLOSED", "closed_at"), ("RETIRED", "retired_at"));
    });
}
