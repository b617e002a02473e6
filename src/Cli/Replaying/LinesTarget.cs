using System.Text;
using System.Text.Json;

namespace EventMesh.Cli.Replaying;

/// <summary>A file of NDJSON, or standard output. A file goes on after its last whole line; what a crash left of another is cut off.</summary>
/// <param name="path">Null for standard output.</param>
internal sealed class LinesTarget(Terminal terminal, string? path) : IReplayTarget
{
    private const int TailBytes = 64 * 1024;

    private FileStream? file;

    public async Task<Standing> Open(string workspace, string filter, CancellationToken cancel)
    {
        if (path is null || file is not null) return Standing.Nowhere;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new Failure(ExitCode.Refused, $"{Readable.Line(path)} cannot be written: {Readable.Line(refused.Message)}", "Give another file with --to.");
        }
        var last = await LastLine(file, cancel);
        if (last is null) return Standing.Nowhere;
        if (Readable.At(last.Value, "workspace") is var of && of != workspace)
            throw new Failure(ExitCode.Refused, $"{Readable.Line(path)} ends with an event of workspace {of}, not of {workspace}", "Give another file with --to.");
        return new(Readable.At(last.Value, "position"), Readable.At(last.Value, "id"), 0);
    }

    public async Task Write(IReadOnlyList<JsonElement> events, Standing before, Standing after, CancellationToken cancel)
    {
        if (file is null)
        {
            foreach (var stored in events) await terminal.Out.WriteLineAsync(stored.GetRawText().AsMemory(), cancel);
            await terminal.Out.FlushAsync(cancel);
            return;
        }
        foreach (var stored in events) await file.WriteAsync(Encoding.UTF8.GetBytes(stored.GetRawText() + "\n"), cancel);
        file.Flush(flushToDisk: true);
    }

    public Task<Standing> TakeBack(Func<string, string, Task<bool>> known, CancellationToken cancel) =>
        throw Failure.Usage("--take-back is for databases", "Cut the file after the last event that the server has, or begin another.");

    /// <summary>The last line that is whole; what follows it is cut off.</summary>
    private static async Task<JsonElement?> LastLine(FileStream file, CancellationToken cancel)
    {
        for (var bytes = (long)TailBytes; ; bytes *= 4)
        {
            var start = Math.Max(0, file.Length - bytes);
            file.Seek(start, SeekOrigin.Begin);
            var tail = new byte[file.Length - start];
            await file.ReadExactlyAsync(tail, cancel);
            var end = Array.LastIndexOf(tail, (byte)'\n');
            var begin = end <= 0 ? -1 : Array.LastIndexOf(tail, (byte)'\n', end - 1);
            if (start > 0 && begin < 0) continue;
            file.SetLength(start + end + 1);
            file.Seek(0, SeekOrigin.End);
            return end < 0 ? null : JsonElement.Parse(tail.AsSpan(begin + 1, end - begin - 1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (file is not null) await file.DisposeAsync();
    }
}
