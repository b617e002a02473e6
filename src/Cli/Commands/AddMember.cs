using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class AddMember
{
    public static Command In(Shell shell)
    {
        var subject = new Argument<string>("subject") { Description = "Who it is at the identity provider: the sub of their tokens." };
        var roles = new Option<string[]>("--role") { Description = "operator, developer, auditor or publisher; may be given several times.", Required = true };
        var provider = new Option<string?>("--provider") { Description = "Id of a trusted identity provider; whichever the workspace trusts without it." };
        return shell.Verb("add", "Give somebody of a trusted identity provider roles in the workspace.", ["eventmesh members add auth0|5f7c --role auditor -w acme"],
            [subject, roles, provider, shell.Workspace], async call =>
            {
                var body = new JsonObject { ["subject"] = call.Given(subject), ["roles"] = new JsonArray([.. (call.Given(roles) ?? []).Select(role => JsonValue.Create(role))]) };
                if (call.Given(provider) is { } named) body["provider"] = named;
                var added = await call.Client.Post(call.InWorkspace($"members"), body, call.Cancel);
                call.Output.Show(added, member =>
                {
                    call.Output.Line($"{Readable.Line(call.Given(subject))} is a member of {call.Workspace}.");
                    call.Output.Details(member, "id", "provider", "roles");
                });
            });
    }
}
