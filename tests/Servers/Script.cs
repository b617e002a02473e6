using System.Diagnostics;

namespace EventMesh.Tests.Servers;

/// <summary>The scripts of <c>ops/scripts</c>: tests start servers the way <c>make run</c> does.</summary>
internal static class Script
{
    /// <summary>A directory name that is not taken, on a path that is open to the servers' own users.</summary>
    public static string TemporaryDirectory(string kind) => $"/var/tmp/eventmesh-test-{kind}-{Environment.ProcessId}-{Guid.NewGuid():N}"[..60];

    /// <returns>Standard output without the last line's end.</returns>
    /// <exception cref="InvalidOperationException">The script failed; the message is what it said.</exception>
    public static async Task<string> Run(string name, params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "ops/scripts", name), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        if (script.ExitCode != 0)
            throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: exit code {script.ExitCode}\n{await error}");
        return (await output).TrimEnd('\n');
    }
}
