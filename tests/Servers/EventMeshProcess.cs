using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace EventMesh.Tests.Servers;

/// <summary>
/// The built executable (<c>dotnet build src/Api</c>), as a process of its own on a free port of 127.0.0.1, with a home of its own. It may be killed and started again on the same
/// home, port and settings; it ends with the test process, however that ends.
/// </summary>
public sealed class EventMeshProcess : IAsyncDisposable
{
    /// <summary>The master key of nodes whose settings name none. Give an empty <c>EVENTMESH_MASTER_KEY</c> for a node that is to find or make its own.</summary>
    public const string TestMasterKey = "test:ZXZlbnRtZXNoLWEtbWFzdGVyLWtleS1mb3ItdGVzdHM=";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(180);

    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly string home = Script.TemporaryDirectory("node");
    private Process? process;

    private EventMeshProcess(IReadOnlyDictionary<string, string> settings)
    {
        this.settings = settings;
        Address = new($"http://127.0.0.1:{Ports.Next()}");
    }

    public Uri Address { get; }

    /// <summary>What it has written to standard output and error, line by line.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public int Id => process!.Id;

    public string Home => home;

    public string AdminToken => settings.GetValueOrDefault("EVENTMESH_ADMIN_TOKEN") ?? File.ReadAllText(Path.Combine(home, "admin-token")).Trim();

    /// <param name="settings">
    /// Environment variables beside home and port, such as <c>EVENTMESH_POSTGRES</c>; those of the test's own environment do not reach it.
    /// </param>
    /// <exception cref="InvalidOperationException">It ended before it was ready; the message is what it said.</exception>
    public static async Task<EventMeshProcess> Start(IReadOnlyDictionary<string, string> settings)
    {
        var node = new EventMeshProcess(settings);
        Directory.CreateDirectory(node.home);
        try
        {
            await node.StartAgain();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of the platform's admin, or of whoever <paramref name="token"/> is.</summary>
    public HttpClient Client(string? token = null) => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token ?? AdminToken) },
    };

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it said.</exception>
    public async Task StartAgain()
    {
        var executable = Path.Combine(Repository.Root, "src/Api/bin", Repository.Configuration, "net10.0/EventMesh.Api.dll");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "ops/scripts/attached"), [$"{Environment.ProcessId}", "dotnet", executable])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("EVENTMESH_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(inherited);
        (start.Environment["EVENTMESH_HOME"], start.Environment["EVENTMESH_PORT"]) = (home, $"{Address.Port}");
        // Measuring while code is compiled is for processes that live longer than these.
        start.Environment["DOTNET_TieredPGO"] = "0";
        // Nor do threads without work turn in circles for more of it: there are more nodes here than processors.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        // Nodes on one database need one master key, and each has a home of its own here.
        start.Environment["EVENTMESH_MASTER_KEY"] = TestMasterKey;
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process?.Dispose();
        var started = process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = started.WaitForExitAsync();
        using var late = new CancellationTokenSource(ReadyWithin);
        if (await Task.WhenAny(ready.Task, ended, Task.Delay(Timeout.Infinite, late.Token)) != ready.Task)
            throw new InvalidOperationException($"It {(ended.IsCompleted ? $"ended with exit code {started.ExitCode} before it was ready" : $"was not ready within {ReadyWithin}")}:\n{string.Join('\n', Lines.TakeLast(20))}");

        void Take(string? line)
        {
            if (line is null) return;
            Lines.Enqueue(line);
            if (line.StartsWith("EventMesh is ready at ", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns its exit code when it is gone.</summary>
    public async Task<int> Terminate()
    {
        // The shell's own kill: a small machine has no other.
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {process!.Id}"]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Kill();
        process?.Dispose();
        Directory.Delete(home, recursive: true);
        BeforeDeletion.OfNode(Lines);
    }
}
