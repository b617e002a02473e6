using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ChangeMemberRoles
{
    public static Command In(Shell shell)
    {
        var member = new Argument<string>("member") { Description = "Id, usr_…" };
        var roles = new Argument<string[]>("role") { Description = "All that they have from now on: operator, developer, auditor, publisher.", Arity = ArgumentArity.OneOrMore };
        return shell.Verb("set-roles", "Give a member other roles, at once.", ["eventmesh members set-roles usr_01J… operator developer -w acme"], [member, roles, shell.Workspace], async call =>
        {
            var body = new JsonObject { ["roles"] = new JsonArray([.. call.Given(roles).Select(role => JsonValue.Create(role))]) };
            var changed = await call.Client.Put(call.InWorkspace($"members/{call.Given(member)}"), body, call.Cancel);
            call.Output.Show(changed, now => call.Output.Line($"{now.Text("id")} has the roles {now.Text("roles")}."));
        });
    }
}
