using System.CommandLine;
using System.Text;

namespace EventMesh.Cli.Commands;

internal static class ShowAudit
{
    public static Command In(Shell shell)
    {
        var actor = new Option<string?>("--actor") { Description = "Only what this one did, by id.", HelpName = "ID" };
        var action = new Option<string?>("--action") { Description = "Only these: stored names with commas between, or with * at the end.", HelpName = "NAMES" };
        var resource = new Option<string?>("--resource") { Description = "Only what is about this, by id, or by name for a secret.", HelpName = "ID" };
        var correlation = new Option<string?>("--correlation") { Description = "Only what this correlation id led to.", HelpName = "ID" };
        var elevation = new Option<string?>("--elevation") { Description = "Only what was done under this elevation, elv_…", HelpName = "ID" };
        var since = new Option<string?>("--since") { Description = "From this time on, such as 2026-11-21T12:00:00Z.", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Before this time.", HelpName = "TIME" };
        var outcome = new Option<string?>("--outcome") { Description = "Only what ended so.", HelpName = "OUTCOME" };
        outcome.AcceptOnlyFromAmong("succeeded", "refused", "failed");
        var platform = new Option<bool>("--platform") { Description = "The platform's own history instead of a workspace's (admin)." };
        var csv = new Option<bool>("--csv") { Description = "Everything that matches, as CSV." };
        var pages = new Pages();
        return shell.Verb("audit", "Show who did what in a workspace, newest first.",
            ["eventmesh audit -w acme", "eventmesh audit -w acme --resource con_… --action 'connection_*'", "eventmesh audit -w acme --since 2026-11-01T00:00:00Z --csv > november.csv", "eventmesh audit --platform --outcome refused"],
            [shell.Workspace, actor, action, resource, correlation, elevation, since, until, outcome, platform, csv, .. pages.Options], async call =>
            {
                var path = Route.With(call.Value(platform) ? "/v1/audit" : call.InWorkspace($"audit"),
                    ("actor", call.Value(actor)), ("action", call.Value(action)), ("resource", call.Value(resource)), ("correlation", call.Value(correlation)), ("elevation", call.Value(elevation)),
                    ("since", call.Value(since)), ("until", call.Value(until)), ("outcome", call.Value(outcome)));
                if (call.Value(csv)) await Copy(call, path);
                else await pages.Show(call, path, "Nothing of that kind has happened.", ("AT", "at"), ("OUTCOME", "outcome"), ("ACTION", "action"), ("WHAT HAPPENED", "sentence"), ("FROM", "from"), ("ELEVATION", "elevation"));
            });
    }

    /// <summary>As it came, line ends included.</summary>
    private static async Task Copy(Call call, string path)
    {
        using var reader = new StreamReader(await call.Client.OpenCsv(path, call.Cancel), Encoding.UTF8);
        var some = new char[16 * 1024];
        while (await reader.ReadAsync(some, call.Cancel) is var read and > 0) await call.Terminal.Out.WriteAsync(some.AsMemory(0, read), call.Cancel);
    }
}
