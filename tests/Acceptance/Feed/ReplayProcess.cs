using System.Diagnostics;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.Feed;

/// <summary><c>eventmesh replay</c>, as a process that a test may kill. It ends with the test process.</summary>
internal sealed class ReplayProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> said;

    public ReplayProcess(Workspace workspace, params string[] arguments)
    {
        var executable = Path.Combine(Repository.Root, "src/Cli/bin", Repository.Configuration, "net10.0/eventmesh.dll");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "ops/scripts/attached"), [$"{Environment.ProcessId}", "dotnet", executable, "replay", "-w", workspace.Id, .. arguments])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["EVENTMESH_SERVER"] = workspace.Process.Address.ToString();
        start.Environment["EVENTMESH_TOKEN"] = workspace.Key;
        process = Process.Start(start)!;
        said = process.StandardError.ReadToEndAsync();
        Output = process.StandardOutput.ReadToEndAsync();
    }

    public Task<string> Output { get; }

    /// <summary>Until it ends by itself.</summary>
    public static async Task<(int Code, string Said, string Output)> Run(Workspace workspace, params string[] arguments)
    {
        await using var replay = new ReplayProcess(workspace, arguments);
        await replay.process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(180));
        return (replay.process.ExitCode, await replay.said, await replay.Output);
    }

    /// <summary>SIGKILL.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await Kill();
        process.Dispose();
    }
}
