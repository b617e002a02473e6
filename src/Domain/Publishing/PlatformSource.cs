namespace EventMesh.Domain.Publishing;

/// <summary>Sources of events that the platform itself publishes into a workspace. Nobody else may use them, and the workspace's rules never see them.</summary>
public static class PlatformSource
{
    public const string Prefix = "urn:eventmesh:";
    public const string Operations = Prefix + "operations";

    /// <summary>Of events that somebody asked to be made of a type's example.</summary>
    public const string Sample = Prefix + "sample";

    /// <summary>Whatever the case: that of a URN's first two parts means nothing (RFC 8141 §3.1).</summary>
    public static bool Is(string source) => source.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
