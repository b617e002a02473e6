using System.Xml.Linq;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>The repository this test was built from: its projects and sources, by path from its root, with '/' between names.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Our C# sources: in src and tests, nothing that a build made.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        [.. Files("src", "*.cs").Concat(Files("tests", "*.cs"))];

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(Path(relative));

    /// <summary>The project's file as XML; <paramref name="name"/> as in <c>Domain</c>.</summary>
    public static XDocument Project(string name) => XDocument.Parse(Read($"src/{name}/{name}.csproj"));

    /// <summary>The projects in src, by name.</summary>
    public static IEnumerable<string> Projects => Files("src", "*.csproj").Select(file => System.IO.Path.GetFileNameWithoutExtension(file));

    public static IEnumerable<string> References(string project, string kind) =>
        Project(project).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> Files(string directory, string pattern) =>
        Directory.EnumerateFiles(Path(directory), pattern, SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "EventMesh.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException($"No EventMesh.sln above {AppContext.BaseDirectory}.");
    }
}
