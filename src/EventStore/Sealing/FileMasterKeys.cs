using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// Master keys from a file of lines <c>id:base64 of 32 bytes</c>, the first of them current. It is read again when it was changed before something is wrapped, when a key is asked for
/// that it did not hold, and when somebody says so: keys are added and change places without a restart.
/// </summary>
public sealed class FileMasterKeys : IMasterKeys
{
    private const int BytesMax = 64 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string path;
    private volatile Read read;

    private sealed record Read(MasterKeyRing Ring, DateTime WrittenAt);

    /// <exception cref="MasterKeysRefused">The file cannot be read, may be read by others than its owner, or holds something else.</exception>
    public FileMasterKeys(string path)
    {
        this.path = path;
        read = ReadFile(path);
    }

    /// <summary>Makes a file with one new key, for its owner alone (mode 600).</summary>
    /// <exception cref="MasterKeysRefused">It cannot be written; or there is one.</exception>
    public static void Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(SealedForm.KeyBytes);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using var file = new StreamWriter(path, options);
            file.WriteLine("# EventMesh's master key. Without it nothing that is sealed in the database can be read: keep a copy in a safe place.");
            // Another home's key has another id, so that a node that was given the wrong one can say so.
            file.WriteLine($"local-{RandomNumberGenerator.GetHexString(8, lowercase: true)}:{Convert.ToBase64String(key)}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeysRefused($"The master key cannot be kept in {path}: {failure.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public string Current => read.Ring.Current;

    public Task<WrappedKey> Wrap(byte[] dataKey, string workspace, int number, CancellationToken stop)
    {
        if (File.GetLastWriteTimeUtc(path) != read.WrittenAt) read = ReadFile(path);
        return Task.FromResult(read.Ring.Wrap(dataKey, workspace, number));
    }

    public Task<byte[]> Unwrap(WrappedKey wrapped, string workspace, int number, CancellationToken stop)
    {
        if (!read.Ring.Has(wrapped.MasterKey)) read = ReadFile(path);
        return Task.FromResult(read.Ring.Unwrap(wrapped, workspace, number));
    }

    public Task Reload(CancellationToken stop)
    {
        read = ReadFile(path);
        return Task.CompletedTask;
    }

    private static Read ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                throw new MasterKeysRefused($"The master key file {path} can be read or written by others than its owner. Run: chmod 600 {path}");
            if (file.Length > BytesMax) throw new MasterKeysRefused($"The master key file {path} has more than {BytesMax} bytes.");
            var writtenAt = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            using var text = new StreamReader(file);
            return new(MasterKeyRing.Parse(text.ReadToEnd().Split('\n'), $"The master key file {path}"), writtenAt);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeysRefused($"The master key file {path} cannot be read: {failure.Message}");
        }
    }
}
