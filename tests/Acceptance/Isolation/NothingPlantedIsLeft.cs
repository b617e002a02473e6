using System.Collections.Concurrent;
using System.Diagnostics;
using EventMesh.Tests.Acceptance;
using EventMesh.Tests.Servers;
using Xunit;

[assembly: AssemblyFixture(typeof(NothingPlantedIsLeft))]

namespace EventMesh.Tests.Acceptance;

/// <summary>
/// Looks, whenever a test's own server or node goes and at the end of the whole run, for every planted value in the databases' directories (the write-ahead log
/// included), in RabbitMQ's files, in the servers' logs, in all that nodes said, and in the spans, metrics and logs that the shared node exported.
/// </summary>
public sealed class NothingPlantedIsLeft : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> found = new();

    public ValueTask InitializeAsync()
    {
        (BeforeDeletion.OfServer, BeforeDeletion.OfNode) = (LookIn, LookAt);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <returns>What was found so far, and is found now in the servers that are there.</returns>
    public async Task<IReadOnlyCollection<string>> Found(RunningMesh running)
    {
        LookAt(running.Process.Lines);
        await LookIn(running.Telemetry);
        foreach (var directory in BeforeDeletion.Servers.ToList()) await LookIn(directory);
        return [.. found.Distinct()];
    }

    private void LookAt(IReadOnlyCollection<string> lines)
    {
        var planted = Planted.All;
        foreach (var line in lines)
            foreach (var value in planted)
                if (line.Contains(value, StringComparison.Ordinal)) found.Enqueue($"{value} in the line {line}");
    }

    private async Task LookIn(string directory)
    {
        foreach (var hit in await Grep(directory, Planted.All)) found.Enqueue(hit);
    }

    /// <returns>Files and values, one each line; what is being written meanwhile may be seen or not.</returns>
    internal static async Task<string[]> Grep(string directory, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0) return [];
        var list = Path.Combine(Path.GetTempPath(), $"eventmesh-planted-{Environment.ProcessId}-{Guid.NewGuid():N}");
        await File.WriteAllLinesAsync(list, values);
        try
        {
            // As bytes; a file that goes while it is read is no matter.
            var start = new ProcessStartInfo("grep", ["-raosF", "--max-count=3", "-f", list, directory]) { RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } };
            using var grep = Process.Start(start)!;
            var output = await grep.StandardOutput.ReadToEndAsync();
            await grep.WaitForExitAsync();
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(list);
        }
    }
}
