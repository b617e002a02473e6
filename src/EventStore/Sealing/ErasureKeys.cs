using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// A key of 32 bytes for each workspace, in a folder that all nodes share and that no backup of the database holds. Data keys are wrapped by it first and by the master key after, so when it
/// is destroyed, copies of wrapped data keys open no more, wherever they lie. One file a workspace, named as it is, for its owner alone.
/// </summary>
public sealed class ErasureKeys
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="MasterKeysRefused">The folder cannot be made.</exception>
    public ErasureKeys(string folder)
    {
        Folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(Folder, OwnerAlone | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeysRefused($"Erasure keys cannot be kept in {Folder}: {failure.Message}");
        }
    }

    public string Folder { get; }

    /// <summary>Wraps a data key by the workspace's erasure key, which is made when there is none; on disk before this returns.</summary>
    public byte[] Wrap(byte[] dataKey, string workspace, int number)
    {
        var key = Find(workspace) ?? Make(workspace);
        try
        {
            using var cipher = new AesGcm(key, SealedForm.TagBytes);
            var bound = new AssociatedData(SealKind.Erasure, workspace, "", number);
            return SealedForm.Seal(cipher, number, dataKey, bound.Write(new byte[bound.BytesMax]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <exception cref="ErasureKeyMissing">The workspace's erasure key is not here.</exception>
    /// <exception cref="SealBroken">It was wrapped by another, or for another workspace or number.</exception>
    public byte[] Unwrap(byte[] wrapped, string workspace, int number)
    {
        var key = Find(workspace) ?? throw new ErasureKeyMissing(workspace, Folder);
        try
        {
            using var cipher = new AesGcm(key, SealedForm.TagBytes);
            var bound = new AssociatedData(SealKind.Erasure, workspace, "", number);
            return SealedForm.NumberOf(wrapped) == number ? SealedForm.Open(cipher, wrapped, bound.Write(new byte[bound.BytesMax])) : throw new CryptographicException("It is not a wrapped key of this number.");
        }
        catch (CryptographicException broken)
        {
            throw SealBroken.Of(workspace, number, broken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public bool Has(string workspace) => File.Exists(FileOf(workspace));

    /// <summary>Overwrites the key, removes its file, and returns when both are on disk. Nothing when there is none.</summary>
    public void Destroy(string workspace)
    {
        var path = FileOf(workspace);
        if (!File.Exists(path)) return;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            // In place: a file that is truncated may leave its bytes on the disk.
            file.Write(RandomNumberGenerator.GetBytes(SealedForm.KeyBytes));
            file.Flush(flushToDisk: true);
            file.Position = 0;
            file.Write(new byte[SealedForm.KeyBytes]);
            file.Flush(flushToDisk: true);
        }
        File.Delete(path);
        FlushFolder();
    }

    private byte[]? Find(string workspace)
    {
        try
        {
            var key = File.ReadAllBytes(FileOf(workspace));
            return key.Length == SealedForm.KeyBytes ? key : throw new MasterKeysRefused($"{FileOf(workspace)} is not an erasure key: it has {key.Length} bytes.");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Who is second takes the first one's.</summary>
    private byte[] Make(string workspace)
    {
        var path = FileOf(workspace);
        var made = $"{path}.{Guid.NewGuid():N}.new";
        var key = RandomNumberGenerator.GetBytes(SealedForm.KeyBytes);
        using (var file = new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerAlone }))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }
        CryptographicOperations.ZeroMemory(key);
        // A link takes no place that is taken, on any node that shares the folder.
        var refused = Link(made, path) == 0 ? 0 : Marshal.GetLastPInvokeError();
        File.Delete(made);
        if (refused != 0 && !File.Exists(path)) throw new IOException($"The erasure key of {workspace} cannot be kept in {Folder}.", new Win32Exception(refused));
        FlushFolder();
        return Find(workspace) ?? throw new ErasureKeyMissing(workspace, Folder);
    }

    // A name of a workspace is a name of a file: letters, digits and '-'.
    private string FileOf(string workspace) => Path.Combine(Folder, workspace + ".key");

    private void FlushFolder()
    {
        var folder = Open(Folder, 0);
        if (folder < 0) throw new IOException($"{Folder} cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()));
        try
        {
            if (Fsync(folder) != 0) throw new IOException($"{Folder} cannot be written to disk.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
        finally
        {
            _ = Close(folder);
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int file);
}

/// <summary>A workspace's data key is wrapped by an erasure key that this node does not have: it was destroyed with the workspace, or this node was not given the folder.</summary>
public sealed class ErasureKeyMissing(string workspace, string? folder) : Exception(folder is null
    ? $"The data keys of workspace {workspace} are wrapped by an erasure key, and this node has no folder of those: set EVENTMESH_ERASURE_KEYS to the one that the other nodes have."
    : $"The erasure key of workspace {workspace} is not in {folder}. Without it what the workspace has sealed does not open: bring the folder back from its own copy, or name the right one in EVENTMESH_ERASURE_KEYS.");
