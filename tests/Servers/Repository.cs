namespace EventMesh.Tests.Servers;

/// <summary>Where the repository is on this machine, found from the running test's own executable.</summary>
public static class Repository
{
    /// <summary>The directory that holds <c>EventMesh.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c> or <c>Release</c>: what the running test was built as, and so what it tests.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "EventMesh.sln")))
                return directory.FullName;
        throw new DirectoryNotFoundException($"No EventMesh.sln above {AppContext.BaseDirectory}.");
    }
}
