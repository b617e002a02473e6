using System.Globalization;
using EventMesh.Domain.Log;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Log;

/// <summary>
/// A folder with a file for each checkpoint, <c>{origin}/{size}.note</c>, none of which is ever written over: on another machine, or one that only lets files be added, it is a witness.
/// </summary>
public sealed class FileWitness(Uri folder) : IWitness
{
    public string Address => folder.AbsoluteUri;

    public async Task<Witnessed> Give(string origin, StoredCheckpoint checkpoint, CancellationToken stop)
    {
        var file = Path.Combine([folder.LocalPath, .. origin.Split('/'), string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Size:d19}.note")]);
        var half = file + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (!File.Exists(file))
            {
                await using (var written = new FileStream(half, FileMode.Create, FileAccess.Write, FileShare.None))
                {
                    await written.WriteAsync(System.Text.Encoding.UTF8.GetBytes(checkpoint.Note), stop).ConfigureAwait(false);
                    written.Flush(flushToDisk: true);
                }
                // A file is there whole or not at all, and this refuses to take the place of one.
                File.Move(half, file, overwrite: false);
                return new Witnessed.Kept("");
            }
            return SignedNote.Parse(await File.ReadAllTextAsync(file, stop).ConfigureAwait(false)).Text == SignedNote.Parse(checkpoint.Note).Text
                ? new Witnessed.Kept("")
                : new Witnessed.Failed(string.Create(CultureInfo.InvariantCulture, $"it has another checkpoint of {checkpoint.Size} leaves already"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return new Witnessed.Failed(failure.Message);
        }
    }
}
