namespace EventMesh.Tests.Servers;

/// <summary>What a suite looks at before the servers and nodes of its tests are deleted with all that they wrote.</summary>
public static class BeforeDeletion
{
    /// <summary>Given the directory of a server.</summary>
    public static Func<string, Task> OfServer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Given the output of a node, line by line.</summary>
    public static Action<IReadOnlyCollection<string>> OfNode { get; set; } = _ => { };

    /// <summary>The directories of this process's servers that are still there.</summary>
    public static IEnumerable<string> Servers =>
        new[] { "postgres", "rabbitmq" }.SelectMany(kind => Directory.EnumerateDirectories("/var/tmp", $"eventmesh-test-{kind}-{Environment.ProcessId}-*"));
}
