using System.Security.Cryptography;

namespace EventMesh.Cli;

/// <summary>
/// Fetches an export into a file. What has come so far is beside it as <c>FILE.part</c>, and a download that broke off, in this run or one before, goes on where it was; the file is there when every
/// byte is, and has the digest that the server gave.
/// </summary>
internal sealed class Download(Call call, Answer export, string file)
{
    private const int LossesMax = 20;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    private readonly string part = file + ".part";
    private readonly string tag = $"\"{export.Text("sha256")}\"";
    private readonly long bytes = long.Parse(export.Text("bytes"), System.Globalization.CultureInfo.InvariantCulture);

    /// <exception cref="Failure">The server refuses, is away for too long, or the bytes are not those it promised.</exception>
    public async Task Run()
    {
        for (var losses = 0; ;)
        {
            var before = Length();
            if (before < bytes) await Fetch(before, losses > 0);
            var now = Length();
            if (now >= bytes) break;
            losses = now > before ? 1 : losses + 1;
            if (losses > LossesMax) throw new Failure(ExitCode.Unreachable, $"the download stands still at {now} of {bytes} bytes", $"Begin the same command again: it goes on with {part}.");
            call.Terminal.Error.WriteLine($"The connection was lost at {now} of {bytes} bytes; going on.");
            await Task.Delay(losses == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, 0.5 * Math.Pow(2, losses - 2))), call.Cancel);
        }
        await Check();
        File.Move(part, file, overwrite: true);
        if (export.Text("checkpoint") is { Length: > 0 }) await File.WriteAllTextAsync(file + ".checkpoint", export.Json.GetProperty("checkpoint").GetString(), call.Cancel);
    }

    private long Length() => File.Exists(part) ? new FileInfo(part).Length : 0;

    private async Task Fetch(long from, bool again)
    {
        try
        {
            var (body, begins) = await call.Client.OpenBytes(call.InWorkspace($"exports/{export.Text("id")}/download"), from, tag, call.Cancel);
            await using (body)
            await using (var to = new FileStream(part, begins == from && from > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write)) await body.CopyToAsync(to, call.Cancel);
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException || (again && lost is Failure { Code: ExitCode.Unreachable or ExitCode.ServerFailed }))
        {
            // What came is kept; a restart of the server takes a while.
        }
    }

    private async Task Check()
    {
        await using var came = File.OpenRead(part);
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(came, call.Cancel)) == export.Text("sha256")) return;
        came.Close();
        File.Delete(part);
        throw new Failure(ExitCode.ServerFailed, "the bytes that came do not have the digest that the server gave", "They are deleted; begin again.");
    }
}
