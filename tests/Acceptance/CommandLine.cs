using System.Diagnostics;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance;

/// <summary>The built command, as a process of its own.</summary>
internal static class CommandLine
{
    /// <param name="token">Null: without one.</param>
    /// <returns>The exit code, and standard output; with standard error when it failed.</returns>
    public static async Task<(int Code, string Out)> Run(EventMeshProcess node, string? workspace, string? token, params string[] arguments)
    {
        var executable = Path.Combine(Repository.Root, "src/Cli/bin", Repository.Configuration, "net10.0/eventmesh.dll");
        var start = new ProcessStartInfo("dotnet", [executable, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["EVENTMESH_SERVER"] = node.Address.ToString();
        start.Environment["EVENTMESH_TOKEN"] = token;
        start.Environment["EVENTMESH_WORKSPACE"] = workspace;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await error);
    }
}
