namespace EventMesh.Domain.Filters;

/// <summary>What a filter may cost. Each limit is the largest value that is accepted.</summary>
public static class FilterLimits
{
    /// <summary>Objects and lists inside one another, the filter itself included.</summary>
    public const int DepthMax = 16;

    /// <summary>Comparisons, where each value of a list is one.</summary>
    public const int ConditionsMax = 256;

    /// <summary>UTF-8 bytes of the whole filter, written without white space.</summary>
    public const int TextBytesMax = 16 * 1024;

    /// <summary>UTF-8 bytes of one string or field name.</summary>
    public const int StringBytesMax = 1024;

    /// <summary>Wildcards in one pattern.</summary>
    public const int WildcardsMax = 16;

    /// <summary>Powers of ten of a number, up and down. What a double can carry, and far inside what a jsonb column can.</summary>
    public const int NumberExponentMax = 308;

    /// <summary>Digits of a number without leading and trailing zeros.</summary>
    public const int NumberDigitsMax = 64;
}
