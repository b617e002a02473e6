using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ShowReceipt
{
    public static Command In(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The workspace that was." };
        return shell.Verb("receipt", "Print the signed receipt of a purge (admin), for `eventmesh verify --receipt`.", ["eventmesh workspaces receipt acme > acme.receipt"], [id], async call =>
            call.Terminal.Out.Write(await call.Client.Text(Route.To($"/v1/workspaces/{call.Given(id)}/purge/receipt"), call.Cancel)));
    }
}
