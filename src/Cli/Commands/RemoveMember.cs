using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RemoveMember
{
    public static Command In(Shell shell)
    {
        var member = new Argument<string>("member") { Description = "Id, usr_…" };
        return shell.Verb("remove", "Take the roles from a member; those that their provider's claims map to stay.", ["eventmesh members remove usr_01J… -w acme"], [member, shell.Workspace], async call =>
        {
            var removed = await call.Client.Delete(call.InWorkspace($"members/{call.Given(member)}"), call.Cancel);
            call.Output.Show(removed, _ => call.Output.Line($"{Readable.Line(call.Given(member))} is no member of {call.Workspace} any more."));
        });
    }
}
