namespace EventMesh.Domain.Mappings;

/// <summary>What a mapping may cost. Each limit is the largest value that is accepted.</summary>
public static class MappingLimits
{
    /// <summary>UTF-8 bytes of the whole template, written without white space.</summary>
    public const int TextBytesMax = 16 * 1024;

    /// <summary>Objects and lists inside one another, the template itself included.</summary>
    public const int DepthMax = 16;

    /// <summary>Values in the template: each object, list, path and constant is one.</summary>
    public const int NodesMax = 512;

    /// <summary>Names, places and [*] in one path.</summary>
    public const int PathStepsMax = 16;

    /// <summary>UTF-8 bytes of the body that is made.</summary>
    public const int OutputBytesMax = 256 * 1024;

    /// <summary>
    /// What making one body may take: a step for each value of the template that is looked at, for each item of a list, and for each <see cref="MembersPerStep"/>
    /// members and each <see cref="BytesPerStep"/> bytes of an object in which a name is looked for. Lists inside lists multiply; this is what bounds them.
    /// </summary>
    public const int StepsMax = 100_000;

    internal const int MembersPerStep = 8;

    /// <summary>A name written with escapes is unescaped at each look.</summary>
    internal const int BytesPerStep = 1024;
}
