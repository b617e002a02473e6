using System.CommandLine;

namespace EventMesh.Cli.Commands;

/// <summary>Whose log is meant: that of the workspace, or of the platform's own history.</summary>
internal sealed class LogOf
{
    private readonly Option<bool> platform = new("--platform") { Description = "The log of the platform's own history, instead of a workspace's (admin)." };

    public Symbol Option => platform;

    public string Path(Call call, FormattableString rest) => call.Value(platform) ? "/v1/log/" + Route.To(rest) : call.InWorkspace($"log/") + Route.To(rest);
}
