using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ShowUsage
{
    public static Command In(Shell shell)
    {
        var period = new Option<string?>("--period") { Description = "A month such as 2026-11 (otherwise the present one).", HelpName = "MONTH" };
        var order = new Option<string?>("--order") { Description = "Every workspace's, by published events (admin).", HelpName = "ORDER" };
        order.AcceptOnlyFromAmong("noisiest", "quietest");
        var pages = new Pages();
        return shell.Verb("usage", "Show what a workspace used in a month, or what all of them did.",
            ["eventmesh usage -w acme", "eventmesh usage -w acme --period 2026-11 --json", "eventmesh usage --all --order noisiest"],
            [shell.Workspace, period, order, .. pages.Options], async call =>
            {
                if (call.Value(order) is not null || pages.AreAll(call))
                    await pages.Show(call, Route.With("/v1/usage", ("order", call.Value(order)), ("period", call.Value(period))), "There are no workspaces yet.",
                        ("WORKSPACE", "workspace"), ("PLAN", "plan"), ("EVENTS", "events"), ("OF", "events_per_month"), ("BYTES", "bytes"), ("DELIVERIES", "deliveries"),
                        ("ATTEMPTS", "attempts"), ("FAILURES", "failures"), ("EXCEEDED", "exceeded"));
                else
                    await One(call, call.Value(period));
            });
    }

    private static async Task One(Call call, string? period)
    {
        var usage = await call.Client.Get(Route.With(call.InWorkspace($"usage"), ("period", period)), call.Cancel);
        call.Output.Show(usage, used => call.Output.Details(
            ("period", used.Text("period")), ("plan", used.Text("plan")), ("events", Of("events", "events_per_month")), ("bytes", used.Text("bytes")),
            ("deliveries", used.Text("deliveries")), ("attempts", used.Text("attempts")), ("failures", used.Text("failures")),
            ("connections", Of("connections", "connections")), ("rules", Of("rules", "rules")), ("exceeded", used.Text("exceeded"))));

        string Of(string what, string limit) => usage.Text("limits." + limit) is { Length: > 0 } most ? $"{usage.Text(what)} of {most}" : usage.Text(what);
    }
}
