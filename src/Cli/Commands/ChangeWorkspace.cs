using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ChangeWorkspace
{
    private const string AsInThePlan = "plan";

    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace." };
        var plan = new Option<string?>("--plan") { Description = "Its plan from now on." };
        var limits = new Option<string[]>("--limit")
        {
            Description = $"A limit that holds instead of the plan's: events_per_month=2000000, overage=soft; NAME={AsInThePlan} takes it away again. May be given several times.",
            HelpName = "NAME=VALUE", DefaultValueFactory = _ => [],
        };
        return shell.Verb("change", "Change a workspace's plan, or single limits of it (admin).",
            ["eventmesh workspaces change acme --limit events_per_month=2000000 --limit overage=soft", "eventmesh workspaces change acme --plan professional --limit events_per_month=plan"],
            [id, plan, limits], async call =>
            {
                var body = new JsonObject();
                if (call.Value(plan) is { } given) body["plan"] = given;
                if (call.Given(limits) is { Length: > 0 } some) body["limits"] = Limits(some);
                if (body.Count == 0) throw Failure.Usage("nothing to change", "Give --plan or --limit; `eventmesh workspaces get` shows what holds.");
                await SetPlan.Patch(call, call.Given(id), body);
            });
    }

    private static JsonObject Limits(string[] given)
    {
        var limits = new JsonObject();
        foreach (var one in given)
        {
            if (one.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } value])
                throw Failure.Usage($"`{Readable.Line(one)}` is not NAME=VALUE", "Such as --limit events_per_month=2000000.");
            limits[name] = value == AsInThePlan ? null : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value;
        }

        return limits;
    }
}
