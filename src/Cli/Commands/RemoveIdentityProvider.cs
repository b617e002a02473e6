using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class RemoveIdentityProvider
{
    public static Command In(Shell shell)
    {
        var provider = new Argument<string>("provider") { Description = "Id or name." };
        return shell.Verb("remove", "Trust an identity provider no longer; its tokens are refused from then on.", ["eventmesh identity-providers remove keycloak -w acme"], [provider, shell.Workspace], async call =>
        {
            var id = await Names.IdentityProvider(call, call.Given(provider));
            var removed = await call.Client.Delete(call.InWorkspace($"identity-providers/{id}"), call.Cancel);
            call.Output.Show(removed, _ => call.Output.Line($"{call.Workspace} trusts {Readable.Line(call.Given(provider))} no longer."));
        });
    }
}
