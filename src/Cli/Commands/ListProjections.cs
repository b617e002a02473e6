using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListProjections
{
    public static Command In(Shell shell) => shell.Verb("list", "List the projections: how far each is, and what stopped it (admin).", ["eventmesh projections list"], [], async call =>
    {
        var found = await call.Client.Get("/v1/projections", call.Cancel);
        call.Output.Show(found, answer => call.Output.Table(answer.Each("items"),
            ("NAME", "name"), ("STATE", "state"), ("EVENTS BEHIND", "lag_events"), ("SECONDS BEHIND", "lag_seconds"), ("POSITION", "position"),
            ("STOPPED AT", "stopped.position"), ("WORKSPACE", "stopped.workspace"), ("EVENT", "stopped.event_type"), ("REASON", "stopped.reason"), ("REBUILT %", "rebuild.percent")));
    });
}
