namespace EventMesh.Domain.Redaction;

/// <summary>What a workspace's rules of redaction may cost. Each limit is the largest value that is accepted.</summary>
public static class RedactionLimits
{
    public const int PathsMax = 64;

    /// <summary>Characters of one path.</summary>
    public const int PathCharsMax = 256;

    /// <summary>Names and wildcards of one path.</summary>
    public const int StepsMax = 16;

    /// <summary><c>[*]</c>, <c>.*</c> and <c>..</c> in one path, all together.</summary>
    public const int WildcardsMax = 3;

    /// <summary>Objects and lists inside one another; what is deeper is shown not at all.</summary>
    public const int DepthMax = 256;

    /// <summary>Items of a list whose shape is shown.</summary>
    public const int ShapedItemsMax = 10;
}
