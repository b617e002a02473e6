using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RemoveAdmin
{
    public static Command In(Shell shell)
    {
        var admin = new Argument<string>("admin") { Description = "Id, adm_…" };
        return shell.Verb("remove", "Remove an admin of the platform. The token ends at once.", ["eventmesh admins remove adm_01jd…"], [admin], async call =>
        {
            var removed = await call.Client.Delete(Route.To($"/v1/admins/{call.Given(admin)}"), call.Cancel);
            call.Output.Show(removed, _ => call.Output.Line($"Removed {Readable.Line(call.Given(admin))}."));
        });
    }
}
