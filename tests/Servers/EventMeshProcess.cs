using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace EventMesh.Tests.Servers;

/// <summary>
/// The built executable, as a process of its own on a free port of 127.0.0.1, with a home of its own. It may be killed and started again on the same
/// home, port and settings; it ends with the test process, however that ends.
/// </summary>
public sealed class EventMeshProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);

    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly string home = Script.TemporaryDirectory("node");
    private Process? process;

    private EventMeshProcess(IReadOnlyDictionary<string, string> settings)
    {
        this.settings = settings;
        var port = FreePort();
        Address = new($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>What it has written to standard output and error, line by line.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public int Id => process!.Id;

    public string Home => home;

    public string AdminToken => File.ReadAllText(Path.Combine(home, "admin-token")).Trim();

    /// <param name="settings">Environment variables beside home and port, such as <c>EVENTMESH_POSTGRES</c>.</param>
    public static async Task<EventMeshProcess> Start(IReadOnlyDictionary<string, string> settings)
    {
        var node = new EventMeshProcess(settings);
        Directory.CreateDirectory(node.home);
        await node.StartAgain();
        return node;
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
            Environment = { ["EVENTMESH_HOME"] = home, ["EVENTMESH_PORT"] = $"{Address.Port}" },
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("It ended before it was ready:\n" + string.Join('\n', Lines.TakeLast(20))));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(ReadyWithin);

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
        using var kill = Process.Start("kill", ["-TERM", $"{process!.Id}"]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Kill();
        process?.Dispose();
        Directory.Delete(home, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
