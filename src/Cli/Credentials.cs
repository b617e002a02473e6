namespace EventMesh.Cli;

/// <summary>
/// Which token goes with a request: the one given; else, inside a workspace, the key that was kept when this command line created it; else the local server's
/// admin token. A kept key goes to the server that issued it and the admin token to a local server, so that another host must be given its token by name.
/// </summary>
internal sealed class Credentials(Terminal terminal, Uri server, string? given)
{
    private const string Workspaces = "/v1/workspaces/";

    private string Home => terminal.Set("EVENTMESH_HOME") ?? ".eventmesh";

    /// <param name="path">Of the request.</param>
    public string? For(string path)
    {
        if (given is not null)
            return Header(given, "the token given");
        if (!IsForAdmins(path) && WorkspaceOf(path) is { } workspace && Read(Path.Combine(Folder, workspace)) is { } key)
            return key;
        return server.IsLoopback ? Read(Path.Combine(Home, "admin-token")) : null;
    }

    /// <summary>Makes the folder of kept keys, for this user alone: before a key is asked for that is shown once.</summary>
    public void PrepareToKeep() => Touch(Folder, () =>
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    });

    /// <summary>Keeps a workspace's key for this user alone.</summary>
    /// <returns>The file.</returns>
    public string Keep(string workspace, string key)
    {
        var file = Path.Combine(Folder, workspace);
        Touch(file, () =>
        {
            // One that is there is replaced, not written into: its mode may be another.
            File.Delete(file);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var kept = new StreamWriter(file, options);
            kept.WriteLine(key);
        });
        return file;
    }

    public void Forget(string workspace)
    {
        var file = Path.Combine(Folder, workspace);
        Touch(file, () => File.Delete(file));
    }

    private static void Touch(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure.Usage($"no key can be kept in {path}: {error.Message}", "Give EVENTMESH_HOME a folder that you can write to, or say --no-key.");
        }
    }

    /// <summary>For a server on this machine <c>keys</c>; the keys of others are in a folder with the server's name.</summary>
    private string Folder => server.IsLoopback ? Path.Combine(Home, "keys") : Path.Combine(Home, "keys", $"{server.Scheme}-{server.Host}-{server.Port}");

    private static readonly string[] AdminsPaths = ["/elevations", "/suspend", "/resume", "/purge", "/purge/receipt"];

    /// <summary>Elevations are asked for by those who have no key of the workspace, and whether it is suspended or purged is not its own to say.</summary>
    private static bool IsForAdmins(string path) => AdminsPaths.Any(end => path.Split('?')[0].EndsWith(end, StringComparison.Ordinal));

    /// <summary>The workspace that a path leads into; null when it only names one, or none.</summary>
    private static string? WorkspaceOf(string path)
    {
        if (!path.StartsWith(Workspaces, StringComparison.Ordinal))
            return null;
        var rest = path[Workspaces.Length..];
        var end = rest.IndexOf('/', StringComparison.Ordinal);
        return end > 0 && rest[..end].All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-') ? rest[..end] : null;
    }

    private static string? Read(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return Header(File.ReadAllText(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new Failure(ExitCode.Unauthorised, $"cannot read {file}: {error.Message}", "Run as the user whose file it is, or set EVENTMESH_TOKEN.");
        }
    }

    private static string Header(string token, string origin) =>
        token.Trim() is { Length: > 0 } trimmed && trimmed.All(character => character is > ' ' and <= '~')
            ? trimmed
            : throw Failure.Usage($"{origin} is not a token: it must be printable ASCII without spaces");
}
