using System.CommandLine;

namespace EventMesh.Cli.Commands;

internal static class ListIdentityProviders
{
    public static Command In(Shell shell)
    {
        var pages = new Pages();
        return shell.Verb("list", "List the identity providers that a workspace trusts.", ["eventmesh identity-providers list -w acme"], [shell.Workspace, shell.At, .. pages.Options], call =>
            pages.Show(call, call.Then(call.InWorkspace($"identity-providers")), $"{call.Workspace} trusts no identity provider yet.",
                ("ID", "id"), ("NAME", "name"), ("STATUS", "status"), ("ISSUER", "issuer"), ("CREATED", "created_at")));
    }
}
